package io.datadrivenchanges.traffic;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Turns deliveries into performance levels: the share delivered on time among a courier's last 20.
///
/// At least 0.95 is OUTSTANDING, at least 0.85 HIGH, anything less NORMAL. With fewer than five deliveries a courier has no level
/// and stays unknown to Incentives; the first level is a change, too. Confined to one thread.
final class LevelRule {
    static final int MAX_DELIVERIES = 20;
    static final int MIN_DELIVERIES = 5;
    private static final int OUTSTANDING_PERCENT = 95;
    private static final int HIGH_PERCENT = 85;

    private final Map<Long, Courier> couriers = new HashMap<>();

    /// Counts a delivery.
    ///
    /// @return the courier's new level if it has changed by this delivery
    Optional<Level> count(long courierId, boolean onTime) {
        Courier courier = couriers.computeIfAbsent(courierId, _ -> new Courier());
        return courier.count(onTime);
    }

    private static final class Courier {
        private int lastOnTime;
        private int deliveries;
        private Optional<Level> level = Optional.empty();

        private Optional<Level> count(boolean onTime) {
            lastOnTime = (lastOnTime << 1 | (onTime ? 1 : 0)) & (1 << MAX_DELIVERIES) - 1;
            deliveries = Math.min(deliveries + 1, MAX_DELIVERIES);
            Optional<Level> before = level;
            level = level();
            return level.equals(before) ? Optional.empty() : level;
        }

        private Optional<Level> level() {
            if (deliveries < MIN_DELIVERIES) {
                return Optional.empty();
            }
            int hundredfold = Integer.bitCount(lastOnTime) * 100;
            if (hundredfold >= OUTSTANDING_PERCENT * deliveries) {
                return Optional.of(Level.OUTSTANDING);
            }
            return Optional.of(hundredfold >= HIGH_PERCENT * deliveries ? Level.HIGH : Level.NORMAL);
        }
    }
}
