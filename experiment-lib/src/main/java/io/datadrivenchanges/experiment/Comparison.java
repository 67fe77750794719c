package io.datadrivenchanges.experiment;

import java.util.List;

import org.jspecify.annotations.Nullable;

/// What a comparator says about two values. Immutable.
public sealed interface Comparison {

    /// The values count as equal.
    record Equal() implements Comparison {
        private static final Equal EQUAL = new Equal();
    }

    /// The values differ, at least at one place.
    record Differs(List<Difference> paths) implements Comparison {
        public Differs {
            paths = List.copyOf(paths);
            if (paths.isEmpty()) {
                throw new IllegalArgumentException("Differs needs at least one difference");
            }
        }
    }

    /// The values cannot be judged, such as when the candidate says that it does not know; neither match nor mismatch.
    ///
    /// @param why a short fixed text
    record Incomparable(String why) implements Comparison {}

    /// The values are equal.
    static Comparison equal() {
        return Equal.EQUAL;
    }

    /// The values differ at one place.
    ///
    /// @param path see [Difference]
    static Comparison differs(String path, @Nullable Object control, @Nullable Object candidate) {
        return new Differs(List.of(new Difference(path, control, candidate)));
    }

    /// The values cannot be judged.
    ///
    /// @param why a short fixed text
    static Comparison incomparable(String why) {
        return new Incomparable(why);
    }
}
