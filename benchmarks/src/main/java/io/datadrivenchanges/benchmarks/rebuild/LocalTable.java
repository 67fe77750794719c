package io.datadrivenchanges.benchmarks.rebuild;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A way to hold the whole topic in the memory of this process. Confined to one thread.
interface LocalTable extends AutoCloseable {

    /// Reads the topic; returns once every courier of it can be looked up.
    ///
    /// @throws InterruptedException if the waiting thread is interrupted
    void rebuild() throws InterruptedException;

    /// Goes on following the topic, in which nothing happens, so that no client holds a buffer of the rebuild any more.
    ///
    /// @throws InterruptedException if the waiting thread is interrupted
    default void follow(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /// The version of a courier, 0 if there is none.
    long version(long courierId);

    @Override
    void close();

    /// The ways that are compared, with their keys in the result.
    enum Kind {
        FLOOR("floor"), OURS("ours"), GLOBAL_K_TABLE("globalKTable"), KCACHE("kcache");

        private final String key;

        Kind(String key) {
            this.key = key;
        }

        String key() {
            return key;
        }

        LocalTable open(CourierTopic topic) {
            return switch (this) {
                case FLOOR -> new PlainConsumer(topic);
                case OURS -> new OurCache(topic);
                case GLOBAL_K_TABLE -> new GlobalTable(topic);
                case KCACHE -> new KcacheTable(topic);
            };
        }
    }
}
