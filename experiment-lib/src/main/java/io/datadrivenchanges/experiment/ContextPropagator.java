package io.datadrivenchanges.experiment;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// Carries what hangs on the caller's thread, such as a trace, to the thread the candidate runs on. Thread-safe; what it
/// throws is contained, and the candidate then runs without the context.
@FunctionalInterface
public interface ContextPropagator {

    /// Takes the context of the calling thread; called on the caller's thread, once per run.
    Restore capture();

    /// A captured context.
    @FunctionalInterface
    interface Restore {

        /// Puts the context onto the calling thread, until the returned object is closed.
        AutoCloseable apply();
    }

    /// Carries nothing.
    static ContextPropagator none() {
        return () -> () -> () -> {};
    }

    /// Carries SLF4J's mapped diagnostic context.
    static ContextPropagator mdc() {
        return () -> {
            Map<String, String> callers = MDC.getCopyOfContextMap();
            return () -> {
                Map<String, String> own = MDC.getCopyOfContextMap();
                putMdc(callers);
                return () -> putMdc(own);
            };
        };
    }

    private static void putMdc(@Nullable Map<String, String> context) {
        if (context == null) {
            MDC.clear();
        } else {
            MDC.setContextMap(context);
        }
    }
}
