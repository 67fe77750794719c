package io.datadrivenchanges.cache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/// The couriers of a generation by a sorted list of their ids: 8 bytes each for as long as it is in use. The entries themselves stay where
/// they are, so the thread that writes and those that look up are not slowed down.
final class GenerationInOrder implements Couriers {
    private final Generation generation;
    private final long clockErrorNanos;
    private final BooleanSupplier answering;
    private final long[] ids;

    /// @param answering whether lookups are answered from this generation
    GenerationInOrder(Generation generation, long clockErrorNanos, BooleanSupplier answering) {
        this.generation = generation;
        this.clockErrorNanos = clockErrorNanos;
        this.answering = answering;
        ids = generation.entries().sortedIds();
    }

    @Override
    public List<Held> page(long after, int limit) {
        List<Held> page = new ArrayList<>();
        for (int i = firstAbove(after); i < ids.length && page.size() < limit; i++) {
            find(ids[i]).ifPresent(page::add);
        }
        return page;
    }

    private int firstAbove(long courierId) {
        int found = Arrays.binarySearch(ids, courierId);
        return found >= 0 ? found + 1 : -found - 1;
    }

    @Override
    public Optional<Held> find(long courierId) {
        Entry entry = generation.entries().get(courierId);
        return entry == null
                ? Optional.empty()
                : Optional.of(new Held(courierId, entry.isPoisoned() ? null : entry.level(), entry.version()));
    }

    @Override
    public OptionalLong containedUpTo() {
        Watermark watermark = generation.watermark();
        return watermark.isKnown() ? OptionalLong.of(watermark.moment() - clockErrorNanos) : OptionalLong.empty();
    }

    @Override
    public boolean isAnswering() {
        return answering.getAsBoolean();
    }
}
