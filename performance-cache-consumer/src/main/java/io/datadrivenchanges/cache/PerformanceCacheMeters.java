package io.datadrivenchanges.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/// Meters `performance.cache.*` of a [KafkaPerformanceCache]. Tags are few and closed; nothing is tagged by courier.
///
/// `read` is the sum of `applied`, `ignored`, `poisoned` and `control`; `conflicts` is a part of `poisoned`. `sampled` and
/// `nines` are about lookups, see [Consistency].
public final class PerformanceCacheMeters implements MeterBinder {
    private static final String PREFIX = "performance.cache.";

    private final KafkaPerformanceCache cache;

    /// Meters of this cache; they appear in each registry that this is bound to.
    public PerformanceCacheMeters(KafkaPerformanceCache cache) {
        this.cache = cache;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (CacheState state : CacheState.values()) {
            Gauge.builder(PREFIX + "state", cache, c -> c.status().state() == state ? 1 : 0)
                    .tags("state", tag(state)).description("1 for the state the cache is in").register(registry);
        }
        Gauge.builder(PREFIX + "size", cache, c -> c.status().couriers())
                .description("Couriers in the generation that answers").register(registry);
        Gauge.builder(PREFIX + "generation", cache, c -> c.status().generation())
                .description("Number of the generation that answers, 0 if none does").register(registry);
        Gauge.builder(PREFIX + "staleness.bound", cache, c -> seconds(c.status().staleness())).baseUnit("seconds")
                .description("Upper bound of the staleness, NaN while unknown").register(registry);
        Gauge.builder(PREFIX + "rebuild.seconds", cache, KafkaPerformanceCache::rebuildSeconds)
                .description("Seconds of the latest start or rebuild, NaN before the first").register(registry);

        Counts counts = cache.counts();
        counter(registry, "read", Tags.empty(), counts.read());
        counter(registry, "applied", Tags.empty(), counts.applied());
        counter(registry, "control", Tags.empty(), counts.control());
        counter(registry, "poisoned", Tags.empty(), counts.poisoned());
        counter(registry, "conflicts", Tags.empty(), counts.conflicts());
        for (Counts.Ignored reason : Counts.Ignored.values()) {
            counter(registry, "ignored", Tags.of("reason", tag(reason)), counts.ignored(reason));
        }
        for (Counts.Rebuild reason : Counts.Rebuild.values()) {
            counter(registry, "rebuilds", Tags.of("reason", tag(reason)), counts.rebuilds(reason));
        }
        for (Counts.Answer answer : Counts.Answer.values()) {
            counter(registry, "lookups", Tags.of("result", tag(answer)), counts.lookups(answer));
        }

        FunctionCounter.builder(PREFIX + "sampled", cache, c -> c.consistency().fresh()).tags("result", "fresh")
                .register(registry);
        FunctionCounter.builder(PREFIX + "sampled", cache, c -> c.consistency().stale()).tags("result", "stale")
                .register(registry);
        FunctionCounter.builder(PREFIX + "sampled", cache, c -> c.consistency().unjudged()).tags("result", "unjudged")
                .register(registry);
        Gauge.builder(PREFIX + "sampled.stalest", cache, c -> seconds(c.consistency().stalest())).baseUnit("seconds")
                .description("By how much the worst sampled read was stale").register(registry);
        List<Consistency.Scale> scales = cache.consistency().scales();
        for (int i = 0; i < scales.size(); i++) {
            int scale = i;
            Gauge.builder(PREFIX + "nines", cache, c -> c.consistency().scales().get(scale).nines())
                    .tags("within", scales.get(i).within().toMillis() + "ms")
                    .description("Nines of the share of sampled reads that were stale by no more")
                    .register(registry);
        }

        Timer delay = Timer.builder(PREFIX + "delay").description("From commit to visible, by the wall clocks")
                .register(registry);
        cache.onApplied(new DelayListener(delay, InstantSource.system()));
    }

    private static double seconds(@Nullable Duration duration) {
        return duration == null ? Double.NaN : duration.toNanos() / 1e9;
    }

    private static void counter(MeterRegistry registry, String name, Tags tags, LongAdder adder) {
        FunctionCounter.builder(PREFIX + name, adder, LongAdder::sum).tags(tags).register(registry);
    }

    private static String tag(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private record DelayListener(Timer delay, InstantSource clock) implements AppliedListener {
        @Override
        public void applied(long courierId, long oldVersion, long newVersion, @Nullable Instant committedAt,
                long nanoTime) {
            if (committedAt != null) {
                Duration since = Duration.between(committedAt, clock.instant());
                delay.record(since.isNegative() ? Duration.ZERO : since);
            }
        }
    }
}
