package io.datadrivenchanges.publisher;

import java.io.IOException;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.debezium.engine.spi.OffsetCommitPolicy;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// One run of Debezium's engine on a thread of its own. It is never restarted and never retries: whatever happens ends it,
/// and the supervisor checks everything before it makes the next one. Thread-safe.
final class ChangeEngine {
    private static final Duration CLOSE_RETRY = Duration.ofMillis(100);

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
    private final Thread thread;

    /// @param position resume position; empty creates the slot and takes a snapshot
    ChangeEngine(PublisherProperties properties, OptionalLong position, ChangeHandler handler) {
        engine = DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
                .using(settings(properties, position))
                .using(ChangeEngine.class.getClassLoader())
                .using(OffsetCommitPolicy.always())
                .using((_, message, error) -> {
                    if (error != null) {
                        failure.compareAndSet(null, error);
                    } else if (message != null && message.startsWith("Failed")) {
                        failure.compareAndSet(null, new IllegalStateException(message));
                    }
                })
                .notifying(handler)
                .build();
        thread = Thread.ofPlatform().daemon().name("publisher-engine").unstarted(this::run);
    }

    private static Properties settings(PublisherProperties properties, OptionalLong position) {
        PublisherProperties.Database database = properties.database();
        String tables = "public." + ChangeMapper.COURIERS;
        var settings = new Properties();
        settings.setProperty("name", properties.slot());
        settings.setProperty("connector.class", PostgresConnector.class.getName());
        settings.setProperty("topic.prefix", "source");
        settings.setProperty("database.hostname", database.host());
        settings.setProperty("database.port", Integer.toString(database.port()));
        settings.setProperty("database.dbname", database.name());
        settings.setProperty("database.user", database.user());
        settings.setProperty("database.password", database.password());
        settings.setProperty("plugin.name", "pgoutput");
        settings.setProperty("slot.name", properties.slot());
        settings.setProperty("publication.name", properties.publication());
        settings.setProperty("publication.autocreate.mode", "disabled");
        settings.setProperty("table.include.list", tables + ",public." + ChangeMapper.HEARTBEAT);
        settings.setProperty("snapshot.mode", "initial");
        settings.setProperty("snapshot.include.collection.list", tables);
        settings.setProperty("snapshot.max.threads", "1");
        // Waiting is set to the shortest: an interval adds itself to the way of each change, twice.
        settings.setProperty("poll.interval.ms", "1");
        settings.setProperty("max.batch.size", "1");
        settings.setProperty("max.queue.size", "8192");
        settings.setProperty("record.processing.threads", "1");
        // Deletes and truncates must be seen, since they end the generation.
        settings.setProperty("skipped.operations", "none");
        settings.setProperty("tombstones.on.delete", "false");
        // Only our marks move the slot.
        settings.setProperty("heartbeat.interval.ms", "0");
        settings.setProperty("lsn.flush.mode", "connector");
        settings.setProperty("lsn.flush.timeout.ms", "5000");
        settings.setProperty("lsn.flush.timeout.action", "fail");
        settings.setProperty("offset.storage", SlotPositionStore.class.getName());
        settings.setProperty("offset.mismatch.strategy", "no_validation");
        settings.setProperty("slot.failover", "true");
        settings.setProperty("slot.max.retries", "60");
        settings.setProperty("slot.retry.delay.ms", "500");
        settings.setProperty("errors.max.retries", "0");
        position.ifPresent(lsn -> settings.setProperty(SlotPositionStore.POSITION, Long.toString(lsn)));
        return settings;
    }

    /// Starts the thread.
    ///
    /// @return completes when the engine has ended, with its failure if it had one
    CompletableFuture<Void> start() {
        thread.start();
        return ended;
    }

    private void run() {
        try {
            engine.run();
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
        Throwable cause = failure.get();
        if (cause == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(cause);
        }
    }

    /// Waits for the end of the engine.
    ///
    /// @return whether it has ended
    boolean awaitEnd(Duration limit) throws InterruptedException {
        try {
            ended.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException _) {
            return true;
        } catch (TimeoutException _) {
            return false;
        }
        return true;
    }

    /// Ends the engine from outside. An engine that does not end within the limit is left to its daemon thread: it cannot
    /// publish or mark any more once the writer is closed, and the next term takes the slot from it.
    ///
    /// @return whether it has ended
    boolean close(Duration limit) throws InterruptedException {
        Thread closer = Thread.ofPlatform().daemon().name("publisher-engine-closer").start(this::requestEnd);
        boolean end = awaitEnd(limit);
        closer.interrupt();
        return end;
    }

    /// The engine refuses while its tasks start.
    private void requestEnd() {
        while (!ended.isDone()) {
            try {
                engine.close();
                return;
            } catch (IllegalStateException | IOException _) {
                try {
                    if (awaitEnd(CLOSE_RETRY)) {
                        return;
                    }
                } catch (InterruptedException _) {
                    return;
                }
            }
        }
    }
}
