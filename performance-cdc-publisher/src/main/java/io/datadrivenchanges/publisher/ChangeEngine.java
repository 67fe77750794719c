package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import io.debezium.connector.common.DebeziumTaskState;
import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import org.apache.kafka.common.metrics.PluginMetrics;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.source.SourceTaskContext;
import org.apache.kafka.connect.storage.OffsetStorageReader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of Debezium's PostgreSQL connector, polled by a thread of its own as Kafka Connect's worker would. It is never
/// restarted and never retries: whatever happens ends it, and the supervisor checks everything before it makes the next one.
/// Thread-safe.
final class ChangeEngine {
    /// How long one poll waits for a change, and with it how long the end of the engine waits for a poll.
    private static final Duration POLL_LIMIT = Duration.ofMillis(100);
    /// How long the end of the engine waits for its last confirmation; without it the next engine gets some changes again.
    private static final Duration LAST_CONFIRMATION_LIMIT = Duration.ofSeconds(2);
    private static final Logger LOG = LoggerFactory.getLogger(ChangeEngine.class);

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final PostgresConnectorTask task = new PostgresConnectorTask();
    private final Map<String, String> settings;
    private final SlotPosition position;
    private final ChangeHandler handler;
    private final Thread thread = Thread.ofPlatform().daemon().name("publisher-engine").unstarted(this::run);
    /// Confirms beside the polling, as that waits until the connector's reader lets go of the driver, which it does with the next
    /// byte. One at work and one waiting are enough: each confirms the last mark there is.
    private final ThreadPoolExecutor confirmer = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1), Thread.ofPlatform().daemon().name("publisher-confirmation").factory(),
            new ThreadPoolExecutor.DiscardPolicy());
    private final AtomicReference<@Nullable RuntimeException> failedConfirmation = new AtomicReference<>();
    private volatile boolean closing;
    private boolean stopping;

    ChangeEngine(PublisherProperties properties, SlotPosition position, ChangeHandler handler) {
        this.position = position;
        this.settings = settings(properties);
        this.handler = handler;
    }

    private static Map<String, String> settings(PublisherProperties properties) {
        PublisherProperties.Database database = properties.database();
        String tables = "public." + ChangeMapper.COURIERS;
        var settings = new HashMap<String, String>();
        settings.put("name", properties.slot());
        settings.put("connector.class", PostgresConnector.class.getName());
        settings.put("task.id", "0");
        settings.put("topic.prefix", ChangeMapper.SOURCE);
        settings.put("database.hostname", database.host());
        settings.put("database.port", Integer.toString(database.port()));
        settings.put("database.dbname", database.name());
        settings.put("database.user", database.user());
        settings.put("database.password", database.password());
        settings.put("driver.socketFactory", PatientSocketFactory.class.getName());
        settings.put("plugin.name", "pgoutput");
        settings.put("slot.name", properties.slot());
        settings.put("publication.name", properties.publication());
        settings.put("publication.autocreate.mode", "disabled");
        settings.put("table.include.list", tables + ",public." + ChangeMapper.HEARTBEAT);
        settings.put("snapshot.mode", "initial");
        settings.put("snapshot.include.collection.list", tables);
        settings.put("snapshot.max.threads", "1");
        settings.put("poll.interval.ms", Long.toString(POLL_LIMIT.toMillis()));
        // A full batch wakes the poll at once; a larger one would wait for the rest of its records, or for the interval.
        settings.put("max.batch.size", "1");
        settings.put("max.queue.size", "8192");
        // Deletes and truncates must be seen, since they end the generation.
        settings.put("skipped.operations", "none");
        settings.put("tombstones.on.delete", "false");
        // Only our marks move the slot.
        settings.put("heartbeat.interval.ms", "0");
        settings.put("lsn.flush.mode", "connector");
        settings.put("lsn.flush.timeout.ms", "5000");
        settings.put("lsn.flush.timeout.action", "fail");
        settings.put("offset.mismatch.strategy", "no_validation");
        settings.put("slot.failover", "true");
        settings.put("slot.max.retries", "60");
        settings.put("slot.retry.delay.ms", "500");
        settings.put("errors.max.retries", "0");
        // Where an engine finds the names of its metrics taken, it waits a minute for them: by one that was left behind.
        settings.put("custom.metric.tags", "run=" + UUID.randomUUID());
        return Map.copyOf(settings);
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
            try {
                task.initialize(new Context());
                task.start(settings);
                poll();
            } finally {
                stopUninterrupted();
                awaitConfirmations();
                stopTask();
            }
            ended.complete(null);
        } catch (Throwable e) {
            ended.completeExceptionally(e);
        }
    }

    private void poll() throws InterruptedException {
        // A start that failed in a way the connector would try again, beside our checks.
        if (task.getTaskState() != DebeziumTaskState.RUNNING) {
            throw new NotYetException("PostgreSQL does not answer the change engine");
        }
        while (!closing && !handler.drained()) {
            List<SourceRecord> records = task.poll();
            handler.handle(records, this::mark);
            RuntimeException failure = failedConfirmation.get();
            if (failure != null) {
                throw failure;
            }
        }
    }

    private void mark(SourceRecord last) {
        position.mark(last.sourceOffset());
        confirmer.execute(this::confirm);
    }

    private void confirm() {
        try {
            task.performCommit();
        } catch (RuntimeException e) {
            failedConfirmation.compareAndSet(null, e);
        }
    }

    private void awaitConfirmations() throws InterruptedException {
        confirmer.shutdown();
        if (!confirmer.awaitTermination(LAST_CONFIRMATION_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("The slot did not take the last confirmation in time");
        }
    }

    /// From here on nobody interrupts: a connector that is interrupted while it stops leaves its connections behind.
    private synchronized void stopUninterrupted() {
        stopping = true;
        Thread.interrupted();
    }

    /// Whatever goes wrong here is only about what PostgreSQL ends by itself with the connections.
    private void stopTask() {
        try {
            task.stop();
        } catch (RuntimeException e) {
            LOG.debug("The connector did not stop in order", e);
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
        closing = true;
        interrupt();
        return awaitEnd(limit);
    }

    private synchronized void interrupt() {
        if (!stopping) {
            thread.interrupt();
        }
    }

    private final class Context implements SourceTaskContext {
        @Override
        public Map<String, String> configs() {
            return settings;
        }

        @Override
        public OffsetStorageReader offsetStorageReader() {
            return position;
        }

        @Override
        @SuppressWarnings("NullAway") // a context without metrics, as that of a worker before Kafka 4.1
        public PluginMetrics pluginMetrics() {
            return null;
        }
    }

    /// Takes the engine's marks.
    @FunctionalInterface
    interface Marks {
        /// All records up to and including this one are safe. Does not wait.
        void upTo(SourceRecord last);
    }
}
