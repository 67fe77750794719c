package io.datadrivenchanges.payments.performance;

import java.time.Duration;
import java.util.Locale;

import io.datadrivenchanges.cache.Lookup;
import io.datadrivenchanges.cache.PerformanceCache;
import io.datadrivenchanges.experiment.Answer;
import io.datadrivenchanges.experiment.Comparing;
import io.datadrivenchanges.experiment.Comparison;
import io.datadrivenchanges.experiment.Experiment;
import io.datadrivenchanges.experiment.Impact;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.NoAnswerException;
import io.datadrivenchanges.experiment.Recheck;
import io.datadrivenchanges.experiment.Served;
import io.datadrivenchanges.experiment.Shadow;
import io.datadrivenchanges.experiment.Stage;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Asks Incentives or the local copy, as the stage says, and compares the two.
///
/// They agree if they name the same level, or if neither knows the courier. While the copy says that it does not know, nothing is
/// compared, and where it should have answered Incentives is asked: `MISS`, `STALE` or `ERROR` says why. Only at COMPLETE is a
/// courier that the copy does not have taken as unknown, as nobody else can be asked.
///
/// Payments of one courier that need Incentives because the copy cannot answer ask it once if they come at the same time, and share what it says; at
/// SHADOW each asks by itself. How many couriers are asked about at once the client bounds.
///
/// The copy is read on the caller's thread, because a lookup is a few reads of the heap.
@Component
final class ComparedPerformance implements PerformanceSource {
    /// Name of the experiment in logs, meters and paths.
    static final String EXPERIMENT = "courier-performance";

    private static final long UNKNOWN_VERSION = -1;

    private final Experiment<Payable, Performance, PerformanceUnavailableException> experiment;

    ComparedPerformance(Laboratory laboratory, IncentivesClient incentives, PerformanceCache cache) {
        experiment = laboratory.experiment(EXPERIMENT)
                .control((Payable payable) -> incentives.fetch(payable.courierId()))
                .candidate("cache", payable -> cache.lookup(payable.courierId()),
                        Comparing.<Performance, Lookup>reasons(ComparedPerformance::compare))
                .key(Payable::courierId)
                .versions(Performance::version, ComparedPerformance::version)
                .freshness(ComparedPerformance::staleness)
                .recheck(Recheck.standard())
                .impact(Impact.in(Payable::currency, ComparedPerformance::overpaid))
                .serve(ComparedPerformance::serve)
                .shadow(new Shadow.Inline())
                .shareFallbacks(true)
                .build();
    }

    @Override
    public Decision find(Payable payable) throws PerformanceUnavailableException {
        try {
            Answer<Performance> answer = experiment.answer(payable);
            boolean cache = answer.origin() == Answer.Origin.CANDIDATE;
            return new Decision(answer.value(), cache ? Source.CACHE : Source.REST, fallback(answer.fallback()),
                    answer.stage().name());
        } catch (NoAnswerException e) {
            if (e.why().equals(Fallback.MISS.name())) {
                return new Decision(Performance.UNKNOWN_COURIER, Source.CACHE, null, Stage.COMPLETE.name());
            }
            throw new PerformanceUnavailableException("copy_unable", "The local copy cannot answer: " + e.why(), e);
        }
    }

    private static @Nullable Fallback fallback(@Nullable String why) {
        if (why == null) {
            return null;
        }
        return why.equals("MISS") ? Fallback.MISS : why.equals("STALE") ? Fallback.STALE : Fallback.ERROR;
    }

    private static Served<Performance> serve(Lookup candidate) {
        return switch (candidate) {
            case Lookup.Known known -> new Served.Value<>(performance(known));
            case Lookup.Absent _ -> new Served.Fallback<>(Fallback.MISS.name());
            case Lookup.Unknown(Lookup.Reason reason) -> new Served.Fallback<>(
                    (reason == Lookup.Reason.STALE ? Fallback.STALE : Fallback.ERROR).name());
        };
    }

    /// What the payment would have been too high by, in minor units, had the copy decided; negative = too low.
    private static long overpaid(Payable payable, Performance control, Lookup candidate) {
        return switch (candidate) {
            case Lookup.Known known -> incentive(payable, performance(known)) - incentive(payable, control);
            case Lookup.Absent _ -> -incentive(payable, control);
            case Lookup.Unknown _ -> 0;
        };
    }

    private static long incentive(Payable payable, Performance performance) {
        return Adjustment.halfEven(payable.base(), Adjustment.basisPoints(performance.level()));
    }

    private static Performance performance(Lookup.Known known) {
        return new Performance(known.level(), known.version());
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
