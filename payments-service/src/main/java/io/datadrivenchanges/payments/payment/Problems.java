package io.datadrivenchanges.payments.payment;

import java.util.List;

import io.datadrivenchanges.http.Problem;
import io.datadrivenchanges.http.ProblemException;
import io.datadrivenchanges.http.ProblemType;

/// The ways in which a payment is refused. After each of them the delivery is as payable as before.
final class Problems {
    private static final ProblemType CONFLICT = new ProblemType("payment-conflict", 409,
            "The delivery is paid already, by another request");
    private static final ProblemType KEY_REUSED = new ProblemType("idempotency-key-reused", 422,
            "The idempotency key belongs to another request");
    private static final ProblemType KEY_INVALID = new ProblemType("idempotency-key-invalid", 400,
            "The idempotency key is not acceptable");
    private static final ProblemType PERFORMANCE_UNAVAILABLE = new ProblemType("performance-unavailable", 503,
            "The courier's performance cannot be found out at the moment");

    private Problems() {}

    static ProblemException conflict(List<String> differs) {
        return Problem.of(CONFLICT, "The delivery is paid already, and this request differs from the one that paid it.")
                .with("differs", differs).raised();
    }

    static ProblemException keyReused() {
        return Problem.of(KEY_REUSED, "Another request was paid under this idempotency key: use a new key.").raised();
    }

    static ProblemException keyInvalid() {
        return Problem.of(KEY_INVALID, "Idempotency-Key must be given at most once, as 8 to 128 characters of "
                + "A-Z a-z 0-9 . _ : -, bare or in double quotes.").raised();
    }

    static ProblemException performanceUnavailable() {
        return Problem.of(PERFORMANCE_UNAVAILABLE, "Nothing was paid: send the same request again.").raised();
    }

    static ProblemException busy() {
        return Problem.of(ProblemType.BUSY, "Nothing was paid by this request: send it again.").raised();
    }

    static ProblemException outcomeUnknown() {
        return Problem.of(ProblemType.STORAGE_UNAVAILABLE, "The outcome is unknown: send the same request again.")
                .raised();
    }

    static ProblemException notFound(String what) {
        return Problem.of(ProblemType.NOT_FOUND, what).raised();
    }
}
