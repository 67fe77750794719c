package io.datadrivenchanges.payments.stage;

import io.datadrivenchanges.http.Problem;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// The body of a request to change how much is compared, not yet validated.
record SamplingRequest(@Schema(requiredMode = Schema.RequiredMode.REQUIRED, example = "0.1") @Nullable Double share) {

    /// The share that is asked for.
    ///
    /// @throws io.datadrivenchanges.http.ProblemException 400 if there is none
    double checked() {
        if (share == null || !(share >= 0 && share <= 1)) {
            throw Problem.invalid("share", "must be a number from 0 to 1").raised();
        }
        return share;
    }
}
