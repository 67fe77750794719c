package io.datadrivenchanges.traffic;

/// The performance level that the on-time share of a courier's last deliveries earns.
enum Level {
    NORMAL, HIGH, OUTSTANDING
}
