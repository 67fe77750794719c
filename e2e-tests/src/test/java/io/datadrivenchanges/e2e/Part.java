package io.datadrivenchanges.e2e;

/// What a scenario can break: each part is a process of its own.
enum Part {
    POSTGRES, KAFKA, INCENTIVES, PUBLISHER, PAYMENTS
}
