package io.datadrivenchanges.experiment;

import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/// What a strict experiment throws.
final class Strictness {

    private Strictness() {}

    /// The error for a result.
    ///
    /// @param troubles hears of what the plan's own function throws; the error is then the standard one
    /// @return `null` if the sides agree, or nothing was compared
    static @Nullable Error error(Plan<?, ?, ?> plan, Report.Result result, Consumer<Throwable> troubles) {
        String why = switch (result.finding()) {
            case Finding.Match match -> null;
            case Finding.Ignored ignored -> null;
            case Finding.Incomparable incomparable -> null;
            case Finding.NotCompared not -> null;
            case Finding.Mismatch mismatch -> differences(mismatch.why());
            case Finding.CandidateFailed failed when failed.what() instanceof Outcome.TimedOut<?> late ->
                "no answer within " + late.limit();
            case Finding.CandidateFailed failed -> "the candidate threw";
            case Finding.ControlFailed failed -> "only the control threw";
            case Finding.ComparisonFailed failed -> failed.at() + " threw";
        };
        if (why == null) {
            return null;
        }
        if (plan.strictError != null) {
            try {
                return plan.strictError.apply(result);
            } catch (Throwable thrown) {
                troubles.accept(thrown);
            }
        }
        return new MismatchError("experiment '" + plan.experiment + "', candidate '" + plan.candidateName
                + "', input " + Shown.text(result.key()) + ": " + why, result, cause(result));
    }

    private static String differences(Comparison.Differs differs) {
        StringBuilder text = new StringBuilder();
        for (Difference path : differs.paths()) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append(path.path())
                    .append(" is ")
                    .append(Shown.text(path.control()))
                    .append(", but the candidate says ")
                    .append(Shown.text(path.candidate()));
        }
        return text.toString();
    }

    private static @Nullable Throwable cause(Report.Result result) {
        if (result.control().outcome() instanceof Outcome.Threw<?> threw) {
            return threw.error();
        }
        if (result.finding() instanceof Finding.ComparisonFailed failed) {
            return failed.error();
        }
        return result.observed().outcome() instanceof Outcome.Threw<?> threw ? threw.error() : null;
    }
}
