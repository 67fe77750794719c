package io.datadrivenchanges.traffic;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.SplittableRandom;

import io.datadrivenchanges.traffic.Plan.Planned;

/// Made-up deliveries at a constant rate, the same for the same seed.
///
/// Couriers are on time in 84 to 95 % of their deliveries: around the limits of [LevelRule], so that levels change often.
final class SyntheticDeliveries implements Iterator<Planned> {
    private static final int WORST_ON_TIME_PERCENT = 84;
    private static final int ON_TIME_SPREAD = 12;
    private static final double NANOS = 1e9;

    private final SplittableRandom random;
    private final String idPrefix;
    private final int couriers;
    private final double rate;
    private final long limit;
    private long made;

    private SyntheticDeliveries(long seed, int couriers, double rate, long limit) {
        this.random = new SplittableRandom(seed);
        this.idPrefix = "s" + Long.toUnsignedString(seed, Character.MAX_RADIX) + "-";
        this.couriers = couriers;
        this.rate = rate;
        this.limit = limit;
    }

    /// @param seed decides couriers, punctuality and ids
    /// @param couriers how many couriers, ids 1 and up
    /// @param rate deliveries per second
    /// @param limit how many deliveries; empty for ever
    static Plan plan(long seed, int couriers, double rate, OptionalLong limit) {
        return new Plan(new SyntheticDeliveries(seed, couriers, rate, limit.orElse(Long.MAX_VALUE)),
                limit,
                "The deliveries are made up, with seed " + seed + ".");
    }

    @Override
    public boolean hasNext() {
        return made < limit;
    }

    @Override
    public Planned next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        long courier = 1L + random.nextInt(couriers);
        int onTimePercent = WORST_ON_TIME_PERCENT + (int) (courier % ON_TIME_SPREAD);
        boolean onTime = random.nextInt(100) < onTimePercent;
        long offset = Math.round(made / rate * NANOS);
        made++;
        return new Planned(Delivery.of(idPrefix + made, courier, onTime), offset);
    }
}
