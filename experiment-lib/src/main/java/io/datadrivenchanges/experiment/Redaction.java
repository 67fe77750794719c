package io.datadrivenchanges.experiment;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/// Makes values fit to be kept and shown. Never throws. Thread-safe.
///
/// @param clean what the plan says; `null` leaves all as it is
/// @param troubles hears of what it throws
record Redaction(@Nullable UnaryOperator<Object> clean, BiConsumer<Operation, Throwable> troubles) {

    static final String MARKER = "[redacted]";

    @Nullable
    Object of(@Nullable Object value) {
        if (clean == null || value == null) {
            return value;
        }
        try {
            return clean.apply(value);
        } catch (Throwable thrown) {
            troubles.accept(Operation.CLEAN, thrown);
            return MARKER;
        }
    }

    Finding of(Finding finding) {
        if (clean == null || !(finding instanceof Finding.Mismatch mismatch)) {
            return finding;
        }
        List<Difference> paths = mismatch.why().paths().stream().<Difference>map(
                path -> new Difference(path.path(), of(path.control()), of(path.candidate()))).toList();
        return new Finding.Mismatch(new Comparison.Differs(paths));
    }
}
