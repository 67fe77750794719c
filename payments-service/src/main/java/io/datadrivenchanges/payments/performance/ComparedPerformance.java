package io.datadrivenchanges.payments.performance;

import java.time.Duration;
import java.util.Locale;

import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.cache.PerformanceCache;
import io.datadrivenchanges.experiment.Comparing;
import io.datadrivenchanges.experiment.Comparison;
import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Shadow;
import io.datadrivenchanges.experiment.StageSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Lets Incentives decide and compares the local copy with it, beside the payment and without touching it.
///
/// The two agree if they name the same level, or if neither knows the courier. While the copy says that it does not know,
/// nothing is compared.
@Component
final class ComparedPerformance implements PerformanceSource {
    /// Name of the experiment in logs, meters and paths.
    static final String EXPERIMENT = "courier-performance";

    private static final int MAX_COMPARED_AT_ONCE = 256;
    private static final Duration LOOKUP_LIMIT = Duration.ofSeconds(1);
    private static final long UNKNOWN_VERSION = -1;

    private final Experiment<Payable, Performance, PerformanceUnavailableException> experiment;
    private final StageSource stages;

    ComparedPerformance(Laboratory laboratory, StageSource stages, IncentivesClient incentives,
            PerformanceCache cache) {
        this.stages = stages;
        this.experiment = laboratory.experiment(EXPERIMENT)
                .control((Payable payable) -> incentives.fetch(payable.courierId()))
                .candidate("cache", payable -> cache.lookup(payable.courierId()),
                        Comparing.<Performance, Lookup>reasons(ComparedPerformance::compare))
                .key(Payable::courierId)
                .versions(Performance::version, ComparedPerformance::version)
                .freshness(ComparedPerformance::staleness)
                .shadow(new Shadow.Detached(MAX_COMPARED_AT_ONCE, LOOKUP_LIMIT))
                .build();
    }

    @Override
    public Decision find(Payable payable) throws PerformanceUnavailableException {
        return new Decision(experiment.call(payable), Source.REST, null, String.valueOf(stages.stage(EXPERIMENT)));
    }

    private static Comparison compare(Performance control, Lookup candidate) {
        return switch (candidate) {
            case Lookup.Known known when control.known() -> known.level() == control.level()
                    ? Comparison.equal()
                    : Comparison.differs("level", control.level(), known.level());
            case Lookup.Known _ -> Comparison.differs("known", false, true);
            case Lookup.Absent _ -> control.known() ? Comparison.differs("known", true, false) : Comparison.equal();
            case Lookup.Unknown unknown -> Comparison.incomparable(unknown.reason().name().toLowerCase(Locale.ROOT));
        };
    }

    /// An unknown courier has version 0 on both sides: older than any that is known.
    private static long version(Lookup candidate) {
        return switch (candidate) {
            case Lookup.Known known -> known.version();
            case Lookup.Absent _ -> 0;
            case Lookup.Unknown _ -> UNKNOWN_VERSION;
        };
    }

    private static @Nullable Duration staleness(Lookup candidate) {
        return switch (candidate) {
            case Lookup.Known known -> known.staleness();
            case Lookup.Absent absent -> absent.staleness();
            case Lookup.Unknown _ -> null;
        };
    }
}
