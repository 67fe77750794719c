package io.datadrivenchanges.publisher;

/// Ends the change engine after everything handed over was committed and marked. Not a failure.
final class DrainedException extends RuntimeException {
    DrainedException() {
        super("drained", null, false, false);
    }
}
