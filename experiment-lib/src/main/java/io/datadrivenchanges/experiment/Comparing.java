package io.datadrivenchanges.experiment;

import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/// How the value of a candidate is compared with the control's: first each side is *projected* to the part that counts,
/// then the two parts are judged, the control's first.
///
/// The control's part is taken on the caller's thread before the caller gets the value, so the caller may change the value
/// afterwards; [#same] and [#reasons] project nothing, so there the values must not change.
/// Everything given here may throw: it is contained, reported and counted as `comparison_failed`. Immutable.
///
/// @param <C> the control's type
/// @param <D> the candidate's type
public final class Comparing<C extends @Nullable Object, D extends @Nullable Object> {

    private final Function<? super C, ? extends @Nullable Object> ofControl;
    private final Function<? super D, ? extends @Nullable Object> ofCandidate;
    private final BiFunction<@Nullable Object, @Nullable Object, Comparison> judge;

    private Comparing(Function<? super C, ? extends @Nullable Object> ofControl,
            Function<? super D, ? extends @Nullable Object> ofCandidate,
            BiFunction<@Nullable Object, @Nullable Object, Comparison> judge) {
        this.ofControl = ofControl;
        this.ofCandidate = ofCandidate;
        this.judge = judge;
    }

    /// Equal parts match. Parts are compared by `equals`; arrays by their elements in order; `0.0` and `-0.0` are equal.
    ///
    /// @param control takes the part of the control's value
    /// @param candidate takes the part of the candidate's value
    public static <C extends @Nullable Object, D extends @Nullable Object> Comparing<C, D> by(
            Function<? super C, ? extends @Nullable Object> control,
            Function<? super D, ? extends @Nullable Object> candidate) {
        return new Comparing<>(Objects.requireNonNull(control, "control"),
                Objects.requireNonNull(candidate, "candidate"), Comparing::byEquals);
    }

    /// The values match if the predicate, given (control, candidate), says so.
    @SuppressWarnings("unchecked") // nothing is projected, so the parts are the values themselves
    public static <C extends @Nullable Object, D extends @Nullable Object> Comparing<C, D> same(
            BiPredicate<? super C, ? super D> alike) {
        Objects.requireNonNull(alike, "alike");
        return new Comparing<>(value -> value, value -> value,
                (control, candidate) -> alike.test((C) control, (D) candidate)
                        ? Comparison.equal()
                        : Comparison.differs("value", control, candidate));
    }

    /// The function, given (control, candidate), says what it found.
    @SuppressWarnings("unchecked") // nothing is projected, so the parts are the values themselves
    public static <C extends @Nullable Object, D extends @Nullable Object> Comparing<C, D> reasons(
            BiFunction<? super C, ? super D, ? extends Comparison> reasons) {
        Objects.requireNonNull(reasons, "reasons");
        return new Comparing<>(value -> value, value -> value,
                (control, candidate) -> reasons.apply((C) control, (D) candidate));
    }

    static <T extends @Nullable Object> Comparing<T, T> byValue() {
        return by(value -> value, value -> value);
    }

    @Nullable
    Object ofControl(C value) {
        return ofControl.apply(value);
    }

    @Nullable
    Object ofCandidate(D value) {
        return ofCandidate.apply(value);
    }

    Comparison judge(@Nullable Object control, @Nullable Object candidate) {
        return Objects.requireNonNull(judge.apply(control, candidate), "the comparator returned null");
    }

    private static Comparison byEquals(@Nullable Object control, @Nullable Object candidate) {
        return Objects.deepEquals(control, candidate) || zeros(control, candidate)
                ? Comparison.equal()
                : Comparison.differs("value", control, candidate);
    }

    private static boolean zeros(@Nullable Object control, @Nullable Object candidate) {
        return switch (control) {
            case Double a -> a == 0 && candidate instanceof Double b && b == 0;
            case Float a -> a == 0 && candidate instanceof Float b && b == 0;
            case null, default -> false;
        };
    }
}
