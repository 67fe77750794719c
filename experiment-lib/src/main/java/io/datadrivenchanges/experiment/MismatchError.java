package io.datadrivenchanges.experiment;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/// Thrown at the caller of a *strict* experiment, as used in tests, instead of returning when control and candidate disagree. An `Error`, so that
/// `catch (Exception)` does not hide it.
public final class MismatchError extends AssertionError {

    private static final long serialVersionUID = 1;

    /// Not serialised: it holds values of any type; the message says what matters.
    private final transient Report.@Nullable Result result;

    /// @param cause what the control or the candidate threw, if exactly one of them did
    MismatchError(String message, Report.Result result, @Nullable Throwable cause) {
        super(message, cause);
        this.result = result;
    }

    /// The result, the same object as the sinks get.
    ///
    /// @throws NullPointerException if this error has been serialised
    public Report.Result result() {
        return Objects.requireNonNull(result, "lost in serialisation");
    }
}
