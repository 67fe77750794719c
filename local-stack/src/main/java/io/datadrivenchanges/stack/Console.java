package io.datadrivenchanges.stack;

import java.io.PrintWriter;

/// Lines of several threads on one terminal. Thread-safe.
final class Console {
    private static final String CLEAR_LINE = "\r\033[K";

    private final PrintWriter out;

    Console(PrintWriter out) {
        this.out = out;
    }

    PrintWriter writer() {
        return out;
    }

    void say(String line) {
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }

    /// Prints a line where a progress bar stands; the bar draws itself again below.
    void sayAboveBar(String line) {
        say(CLEAR_LINE + line);
    }
}
