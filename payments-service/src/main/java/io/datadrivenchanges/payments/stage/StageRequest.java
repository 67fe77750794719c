package io.datadrivenchanges.payments.stage;

import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageChange;
import io.datadrivenchanges.http.Problem;
import io.datadrivenchanges.http.ProblemType;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// The body of a request to change a stage, not yet validated. The schemas say what the API page shows.
record StageRequest(
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, implementation = Stage.class, example = "CANARY") @Nullable String stage,
        @Schema(description = "share of the couriers that the copy answers for, at CANARY only", example = "5") @Nullable Integer percentage,
        @Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "no divergence in a week") @Nullable String reason,
        @Schema(description = "what allows to skip stages, such as a ticket", example = "OPS-17") @Nullable String override) {
    /// By their exact names, where reading an enum constant would trim blanks.
    private static final Map<String, Stage> STAGES = Arrays.stream(Stage.values())
            .collect(Collectors.toUnmodifiableMap(Stage::name, stage -> stage));
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:@#/-]{0,63}");
    private static final int MIN_REASON = 3;

    /// The change that is asked for.
    ///
    /// @throws io.datadrivenchanges.http.ProblemException 400 that names all wrong fields
    StageChange change(String experiment, String who) {
        Problem problem = Problem.of(ProblemType.INVALID_FIELD, "See errors.");
        Stage to = STAGES.get(stage == null ? "" : stage);
        if (to == null) {
            problem = problem.withError("stage", "must be one of OFF, SHADOW, CANARY, LIVE, COMPLETE");
        }
        int percent = percentage == null ? 0 : percentage;
        if (to == Stage.CANARY && (percent < 1 || percent > 100)) {
            problem = problem.withError("percentage", "must be an integer from 1 to 100");
        } else if (to != Stage.CANARY && percentage != null) {
            problem = problem.withError("percentage", "must be given at CANARY only");
        }
        if (reason == null || reason.strip().length() < MIN_REASON || !StageChange.TEXT.matcher(reason).matches()) {
            problem = problem.withError("reason",
                    "must be one line of " + MIN_REASON + " to 200 characters");
        }
        if (override != null && !NAME.matcher(override).matches()) {
            problem = problem.withError("override",
                    "must be a name of at most 64 characters A-Z a-z 0-9 . _ : @ # / -");
        }
        if (to == null || reason == null || !problem.errors().isEmpty()) {
            throw problem.raised();
        }
        return new StageChange(experiment, to, percent, who, reason.strip(), override);
    }
}
