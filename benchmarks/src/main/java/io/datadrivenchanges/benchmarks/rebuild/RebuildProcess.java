package io.datadrivenchanges.benchmarks.rebuild;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Random;

import tools.jackson.databind.json.JsonMapper;

/// One rebuild in a JVM of its own: prints what it measured as one line of JSON, the last of its output, and ends.
///
/// The clock runs from before the first client is created until the last courier can be looked up. The heap is what is
/// live after a full collection with the table still open and following, less what is live once it is closed and gone.
final class RebuildProcess {
    private static final int LOOKUPS = 10_000;
    private static final long SEED = 42;
    private static final Duration SETTLE = Duration.ofSeconds(2);
    /// The serial collector leaves dead objects where they are, and counts them as used, except in every fourth collection.
    private static final int COLLECTIONS = 4;

    private RebuildProcess() {}

    /// Measures once.
    ///
    /// @param arguments kind of table, address of Kafka, number of couriers
    public static void main(String... arguments) throws InterruptedException {
        LocalTable.Kind kind = LocalTable.Kind.valueOf(arguments[0]);
        var topic = new CourierTopic(arguments[1], Integer.parseInt(arguments[2]));
        System.out.println(JsonMapper.shared().writeValueAsString(measure(kind, topic)));
        // Clients may have left threads that would keep the process.
        System.exit(0);
    }

    private static Measured measure(LocalTable.Kind kind, CourierTopic topic) throws InterruptedException {
        Held held = rebuild(kind, topic);
        return new Measured(held.seconds(), (double) (held.liveBytes() - liveBytes()) / topic.couriers());
    }

    /// A method of its own: once it has returned nothing refers to the table any more.
    private static Held rebuild(LocalTable.Kind kind, CourierTopic topic) throws InterruptedException {
        long start = System.nanoTime();
        try (LocalTable table = kind.open(topic)) {
            table.rebuild();
            double seconds = (System.nanoTime() - start) / 1e9;
            check(table, topic.couriers());
            table.follow(SETTLE);
            return new Held(seconds, liveBytes());
        }
    }

    private record Held(double seconds, long liveBytes) {}

    /// A table that is fast because something is missing is none.
    private static void check(LocalTable table, int couriers) {
        var random = new Random(SEED);
        for (int i = 0; i < LOOKUPS; i++) {
            long courier = 1L + random.nextInt(couriers);
            if (table.version(courier) != CourierTopic.version(courier)) {
                throw new IllegalStateException("courier " + courier + " has version " + table.version(courier));
            }
        }
        if (table.version(couriers + 1L) != 0) {
            throw new IllegalStateException("somebody is there who was never written");
        }
    }

    private static long liveBytes() {
        var memory = ManagementFactory.getMemoryMXBean();
        for (int i = 0; i < COLLECTIONS; i++) {
            memory.gc();
        }
        return memory.getHeapMemoryUsage().getUsed();
    }

    /// What one rebuild took.
    record Measured(double seconds, double bytesPerCourier) {}
}
