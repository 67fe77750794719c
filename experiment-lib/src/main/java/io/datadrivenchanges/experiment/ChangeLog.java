package io.datadrivenchanges.experiment;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/// A log of changes and how a copy is made of it: finds the change that made the copy wrong. Immutable as far as the events are.
///
/// @param events in their order, such as the records of a partition
/// @param empty the copy before the first event
/// @param apply makes the copy after an event from the copy before it, and leaves that as it is
/// @param <E> type of an event
/// @param <S> type of the copy, or of the part of it that matters
public record ChangeLog<E, S>(List<E> events, S empty, BiFunction<? super S, ? super E, ? extends S> apply) {

    public ChangeLog {
        events = List.copyOf(events);
        Objects.requireNonNull(empty, "empty");
        Objects.requireNonNull(apply, "apply");
    }

    /// The event that made the copy wrong: before it the copy is right, after it wrong. If the copy turned wrong several times, it is one of
    /// these events. Found by halving: `wrong`, the costly part, is asked at most 3 + log₂(events) times; events are applied at most
    /// 2 × events times.
    ///
    /// @param wrong whether a copy is wrong
    /// @return empty if the copy is right in the end
    /// @throws IllegalArgumentException if the copy is wrong before the first event
    public Optional<E> firstWrong(Predicate<? super S> wrong) {
        if (wrong.test(empty)) {
            throw new IllegalArgumentException("the copy is wrong before the first event");
        }
        S right = empty;
        int from = 0;
        int to = events.size();
        if (!wrong.test(fold(right, from, to))) {
            return Optional.empty();
        }
        while (to - from > 1) {
            int middle = (from + to) >>> 1;
            S copy = fold(right, from, middle);
            if (wrong.test(copy)) {
                to = middle;
            } else {
                from = middle;
                right = copy;
            }
        }
        return Optional.of(events.get(from));
    }

    private S fold(S copy, int from, int to) {
        S folded = copy;
        for (E event : events.subList(from, to)) {
            folded = apply.apply(folded, event);
        }
        return folded;
    }
}
