package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Tells errors that say the process is in danger from those of a candidate alone.
final class Fatal {

    private Fatal() {}

    /// Whether the virtual machine itself complains. A stack overflow is none: it is over once the candidate has returned.
    static boolean is(@Nullable Throwable thrown) {
        return thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
    }

    /// The fatal error that a finding was made of, if any.
    static @Nullable VirtualMachineError in(Finding finding) {
        Throwable thrown = switch (finding) {
            case Finding.CandidateFailed failed when failed.what() instanceof Outcome.Threw<?> threw -> threw.error();
            case Finding.ComparisonFailed failed -> failed.error();
            default -> null;
        };
        return is(thrown) ? (VirtualMachineError) thrown : null;
    }
}
