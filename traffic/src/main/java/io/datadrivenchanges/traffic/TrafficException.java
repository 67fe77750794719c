package io.datadrivenchanges.traffic;

/// The load cannot be made or its result not be read. The message is one sentence for the person at the keyboard.
public final class TrafficException extends RuntimeException {

    /// @param message what is wrong
    public TrafficException(String message) {
        super(message);
    }

    /// @param message what is wrong
    /// @param cause what was observed
    public TrafficException(String message, Throwable cause) {
        super(message, cause);
    }
}
