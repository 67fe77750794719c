package io.datadrivenchanges.publisher;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Compares the whole topic with the whole table from time to time: the net under everything that the checks and the fence cannot
/// know. What it finds is an alarm and a new generation; it never sends a single courier again, because a table read may be
/// older than what was published meanwhile.
///
/// The topic is read first, then the table, so what is on its way looks like a difference. Such differences are looked at again
/// after a pause: the topic then has to have the version that the table had, and the table the one that the topic had.
///
/// Works on a thread of its own from the first interval to [#close]. Thread-safe.
final class Auditor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Auditor.class);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("publisher-audit").factory());
    private final CompletableFuture<Void> found = new CompletableFuture<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final PublisherProperties properties;
    private final Map<String, Object> kafka;
    private final PublisherStatus status;
    private final PublisherMetrics metrics;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final Duration secondLook;

    /// @param kafka address and security
    Auditor(PublisherProperties properties, Map<String, Object> kafka, PublisherStatus status, PublisherMetrics metrics,
            Clock clock, LongSupplier nanoTime, Duration secondLook) {
        this.properties = properties;
        this.kafka = kafka;
        this.status = status;
        this.metrics = metrics;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.secondLook = secondLook;
        long interval = properties.auditInterval().toMillis();
        var _ = thread.scheduleWithFixedDelay(this::auditInTurn, interval, interval, TimeUnit.MILLISECONDS);
    }

    /// Fails when an audit found a difference; never completes otherwise.
    CompletableFuture<Void> found() {
        return found;
    }

    /// An audit as soon as the one that may be running has ended.
    ///
    /// @throws RejectedExecutionException once closed
    Future<Audit> request() {
        return thread.submit(this::audit);
    }

    private void auditInTurn() {
        if (status.view().state() != PublisherState.STREAMING) {
            return;
        }
        try {
            audit();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (SQLException | KafkaException | NotYetException e) {
            LOG.warn("Table and topic not compared: {}", Failure.of(e).sentence());
        }
    }

    private Audit audit() throws SQLException, InterruptedException {
        boolean ended = false;
        try {
            Audit audit = compare(status.view().generation());
            ended = true;
            report(audit);
            return audit;
        } finally {
            if (!ended) {
                metrics.auditFailed();
            }
        }
    }

    private void report(Audit audit) {
        metrics.audited(audit);
        status.audited(audit);
        if (audit.clean()) {
            LOG.info("Audit: table and topic agree on {} couriers", audit.couriers());
        } else {
            LOG.error("Audit: {} couriers missing in the topic, {} only there, {} different, for example {}",
                    audit.missing(), audit.ahead(), audit.different(), audit.examples());
            found.completeExceptionally(new GenerationNeededException(Reason.AUDIT));
        }
    }

    private Audit compare(long generation) throws SQLException, InterruptedException {
        long begin = nanoTime.getAsLong();
        try (var topic = new AuditReader(kafka, properties.topic(), generation, nanoTime)) {
            topic.readOn();
            var tally = new Tally(topic);
            try (SourceDatabase source = SourceDatabase.open(properties)) {
                source.scan(tally::row);
            }
            topic.versions().forEachLeft(tally::onlyInTopic);
            if (tally.behind.size() + tally.ahead.size() + topic.poisoned().size() > 0) {
                if (closed.await(secondLook.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new InterruptedException("The auditor is closed");
                }
                topic.readOn();
                try (SourceDatabase source = SourceDatabase.open(properties)) {
                    source.scan(tally::secondLook);
                }
                tally.settle();
            }
            return new Audit(clock.instant(), generation, tally.rows, tally.missing, tally.phantoms, tally.different,
                    tally.examples, Duration.ofNanos(nanoTime.getAsLong() - begin));
        }
    }

    /// Lets a running audit go; its answer is then an interrupt.
    @Override
    public void close() {
        closed.countDown();
        thread.shutdownNow();
    }

    /// What one audit has seen so far.
    private static final class Tally {
        private final AuditReader topic;
        /// What the table had and the topic had not: the state that the topic has to reach.
        private final TopicVersions behind = new TopicVersions();
        /// What the topic had and the table had not: the state that the table has to reach.
        private final TopicVersions ahead = new TopicVersions();
        private final List<Long> examples = new ArrayList<>();
        private long rows;
        private long missing;
        private long phantoms;
        private long different;

        Tally(AuditReader topic) {
            this.topic = topic;
        }

        void row(long courier, String performance, long version) {
            rows++;
            long inTopic = topic.versions().take(courier);
            int level = topic.levelOf(performance);
            if (TopicVersions.version(inTopic) < version) {
                var _ = behind.apply(courier, version, level);
            } else if (TopicVersions.version(inTopic) > version) {
                onlyInTopic(courier, inTopic);
            } else if (TopicVersions.level(inTopic) != level) {
                different++;
                example(courier);
            }
        }

        void onlyInTopic(long courier, long inTopic) {
            var _ = ahead.apply(courier, TopicVersions.version(inTopic), TopicVersions.level(inTopic));
        }

        void secondLook(long courier, String performance, long version) {
            if (TopicVersions.version(ahead.stateOf(courier)) <= version) {
                var _ = ahead.take(courier);
            }
        }

        void settle() {
            behind.forEachLeft((courier, state) -> {
                long inTopic = topic.versions().stateOf(courier);
                if (TopicVersions.version(inTopic) < TopicVersions.version(state)) {
                    missing++;
                    example(courier);
                } else if (TopicVersions.version(inTopic) == TopicVersions.version(state) && inTopic != state) {
                    different++;
                    example(courier);
                }
            });
            ahead.forEachLeft((courier, _) -> {
                phantoms++;
                example(courier);
            });
            for (long courier : topic.poisoned()) {
                different++;
                example(courier);
            }
        }

        private void example(long courier) {
            if (examples.size() < Audit.MAX_EXAMPLES) {
                examples.add(courier);
            }
        }
    }
}
