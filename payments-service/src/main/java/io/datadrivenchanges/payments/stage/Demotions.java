package io.datadrivenchanges.payments.stage;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/// The meter `payments.stages.demotions`: stages that this instance has taken back without being asked.
final class Demotions {
    private Demotions() {}

    /// @param guard who took them back
    static Counter by(String guard, MeterRegistry meters) {
        return Counter.builder("payments.stages.demotions").description("Stages taken back without being asked")
                .tag("by", guard).register(meters);
    }
}
