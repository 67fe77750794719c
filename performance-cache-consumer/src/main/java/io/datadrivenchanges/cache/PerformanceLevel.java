package io.datadrivenchanges.cache;

/// Performance of a courier, as Incentives names it.
public enum PerformanceLevel {
    NORMAL, HIGH, OUTSTANDING
}
