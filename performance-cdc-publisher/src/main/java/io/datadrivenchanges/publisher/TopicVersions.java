package io.datadrivenchanges.publisher;

/// The newest version and level of each of many couriers, in two arrays of `long`: 16 bytes a slot, at most two thirds of them
/// used, and no object for a courier. Versions are below 2^54. Not thread-safe.
final class TopicVersions {
    private static final int INITIAL = 1 << 10;
    private static final int LEVEL_BITS = 8;
    private static final int LEVEL_MASK = (1 << LEVEL_BITS) - 1;
    private static final long SPREAD = 0x9E3779B97F4A7C15L;
    private static final long TAKEN = Long.MIN_VALUE;
    /// No courier has this number.
    private static final long FREE = 0;

    private long[] couriers = new long[INITIAL];
    private long[] states = new long[INITIAL];
    private int size;

    /// Version and level in one number that orders by version.
    ///
    /// @param level small number that stands for the level, 0 to 255
    static long state(long version, int level) {
        return (version << LEVEL_BITS) | level;
    }

    static long version(long state) {
        return state >>> LEVEL_BITS;
    }

    static int level(long state) {
        return (int) (state & LEVEL_MASK);
    }

    /// Keeps the higher version, as every reader of the topic does.
    ///
    /// @return `false` if it has the same version with another level, which no reader can decide
    boolean apply(long courier, long version, int level) {
        if (3L * size >= 2L * couriers.length) {
            grow();
        }
        int slot = slot(courier);
        if (couriers[slot] == FREE) {
            couriers[slot] = courier;
            size++;
        } else if (version <= version(states[slot] & ~TAKEN)) {
            return version < version(states[slot] & ~TAKEN) || level == level(states[slot]);
        }
        states[slot] = state(version, level);
        return true;
    }

    /// The courier's state, or 0 if there is none: versions begin with 1.
    long stateOf(long courier) {
        return states[slot(courier)] & ~TAKEN;
    }

    /// Like [#stateOf], and [#forEachLeft] leaves the courier out until its version rises.
    long take(long courier) {
        int slot = slot(courier);
        if (couriers[slot] == FREE) {
            return 0;
        }
        states[slot] |= TAKEN;
        return states[slot] & ~TAKEN;
    }

    int size() {
        return size;
    }

    /// Calls for each courier that was not taken, in no order.
    void forEachLeft(Visitor visitor) {
        for (int slot = 0; slot < couriers.length; slot++) {
            if (couriers[slot] != FREE && (states[slot] & TAKEN) == 0) {
                visitor.courier(couriers[slot], states[slot]);
            }
        }
    }

    private int slot(long courier) {
        int slot = (int) ((courier * SPREAD) >>> (Long.SIZE - Integer.numberOfTrailingZeros(couriers.length)));
        while (couriers[slot] != FREE && couriers[slot] != courier) {
            slot = (slot + 1) & (couriers.length - 1);
        }
        return slot;
    }

    private void grow() {
        long[] oldCouriers = couriers;
        long[] oldStates = states;
        couriers = new long[oldCouriers.length * 2];
        states = new long[couriers.length];
        for (int old = 0; old < oldCouriers.length; old++) {
            if (oldCouriers[old] != FREE) {
                int slot = slot(oldCouriers[old]);
                couriers[slot] = oldCouriers[old];
                states[slot] = oldStates[old];
            }
        }
    }

    /// Takes the couriers of [#forEachLeft].
    @FunctionalInterface
    interface Visitor {
        void courier(long courier, long state);
    }
}
