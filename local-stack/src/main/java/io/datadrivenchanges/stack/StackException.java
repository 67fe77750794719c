package io.datadrivenchanges.stack;

/// Something the stack needs could not be had. The message is one sentence for the person at the keyboard.
public final class StackException extends RuntimeException {

    /// @param message what is wrong and, where possible, what to do about it
    public StackException(String message) {
        super(message);
    }

    /// @param message what is wrong and, where possible, what to do about it
    /// @param cause what was observed
    public StackException(String message, Throwable cause) {
        super(message, cause);
    }
}
