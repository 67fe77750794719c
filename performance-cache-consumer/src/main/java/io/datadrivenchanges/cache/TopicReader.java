package io.datadrivenchanges.cache;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/// Feeds the local copy from the topic, on one daemon thread of its own, until it is closed.
///
/// ```
/// wait for Kafka and topic ─► read from the beginning to the end offsets taken once ─► follow
///        ▲                                  │                                           │
///        └── drop everything, pause ◄───────┴─── other topic, truncated, any failure ◄──┘
/// ```
///
/// Progress is measured by the consumer's position: holes that compaction left and markers of transactions have no record
/// that could be waited for.
final class TopicReader implements Runnable, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TopicReader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration DESCRIBE = Duration.ofSeconds(2);
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
    private static final Duration CLOSE_CLIENT = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final String topic;
    private final int partitions;
    private final Duration topicCheckInterval;
    private final Map<String, Object> connection;
    private final PinnedRecordDecoder decoder;
    private final LocalCopy copy;
    private final Counts counts;
    private final Waiters waiters;
    private final LongSupplier nanoTime;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Backoff backoff = new Backoff();

    private @Nullable String lastTrouble;
    private CacheState lastState = CacheState.STARTING;
    private boolean wasReady;
    private boolean rebuilding = true;
    private long rebuildStart;
    private volatile @Nullable KafkaConsumer<ByteBuffer, ByteBuffer> consumer;
    private volatile String detail = "starting";
    private volatile long behind = -1;
    private volatile double rebuildSeconds = Double.NaN;

    TopicReader(String topic, int partitions, Duration topicCheckInterval, Map<String, Object> connection,
            PinnedRecordDecoder decoder, LocalCopy copy, Counts counts, Waiters waiters, LongSupplier nanoTime) {
        this.topic = topic;
        this.partitions = partitions;
        this.topicCheckInterval = topicCheckInterval;
        this.connection = Map.copyOf(connection);
        this.decoder = decoder;
        this.copy = copy;
        this.counts = counts;
        this.waiters = waiters;
        this.nanoTime = nanoTime;
        thread = Thread.ofPlatform().daemon().name("performance-cache").unstarted(this);
    }

    void start() {
        thread.start();
    }

    CacheStatus status() {
        return copy.status(behind, detail);
    }

    /// Seconds that the latest start or rebuild took until the first answer, NaN before.
    double rebuildSeconds() {
        return rebuildSeconds;
    }

    /// Ends the thread within 5 s. Safe to be called more than once and by any thread.
    @Override
    public void close() {
        closed.countDown();
        KafkaConsumer<ByteBuffer, ByteBuffer> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        try {
            thread.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The top frame of the thread: whatever ends an attempt is decided here.
    @Override
    public void run() {
        rebuildStart = nanoTime.getAsLong();
        while (!isClosed()) {
            long start = nanoTime.getAsLong();
            try {
                attempt();
            } catch (WakeupException e) {
                // Only close() wakes the consumer.
            } catch (TopicChanged e) {
                rebuild(e.reason, e.sentence);
            } catch (RetriableException e) {
                if (copy.state() != CacheState.REBUILDING) {
                    copy.silence(CacheState.STARTING, Lookup.Reason.STARTING);
                }
                waiting("Kafka at " + servers());
            } catch (InvalidOffsetException e) {
                rebuild(Counts.Rebuild.TRUNCATED, "topic " + topic + " no longer has the position that was read");
            } catch (RuntimeException | Error e) {
                fail(e);
            }
            changed();
            pause(backoff.nanosAfter(nanoTime.getAsLong() - start));
        }
        copy.silence(CacheState.STOPPED, Lookup.Reason.STOPPED);
        detail = "closed";
        changed();
    }

    private void attempt() {
        behind = -1;
        try (var clients = new Clients()) {
            TopicFacts facts = awaitTopic(clients);
            if (facts == null) {
                return;
            }
            refuseUnlessAsConfigured(facts);
            if (copy.state() == CacheState.STOPPED) {
                copy.silence(CacheState.STARTING, Lookup.Reason.STARTING);
            }
            new Reading(clients, facts.id()).follow();
        }
    }

    /// Asks for the topic until it is there; null if closed meanwhile.
    private @Nullable TopicFacts awaitTopic(Clients clients) {
        CompletableFuture<TopicFacts> answer = clients.facts;
        while (!isClosed()) {
            try {
                return answer.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                continue;
            } catch (ExecutionException e) {
                Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
                if (cause instanceof UnknownTopicOrPartitionException) {
                    waiting("topic " + topic + " to be created");
                } else if (cause instanceof RetriableException) {
                    waiting("Kafka at " + servers());
                } else {
                    throw new KafkaException("cannot describe topic " + topic, cause);
                }
            } catch (InterruptedException e) {
                interrupted();
                return null;
            }
            pause(ASK_AGAIN.toNanos());
            answer = ask(clients.admin);
        }
        return null;
    }

    /// Asks what has to be known before reading; all of it where an earlier attempt was refused or failed.
    private CompletableFuture<TopicFacts> ask(Admin admin) {
        return copy.state() == CacheState.STOPPED
                ? TopicFacts.ask(admin, topic, DESCRIBE)
                : TopicFacts.askWhich(admin, topic, DESCRIBE);
    }

    private void refuseUnlessAsConfigured(TopicFacts facts) {
        String objection = facts.objection(topic, partitions);
        if (objection != null) {
            throw new Refused(objection);
        }
    }

    private Object servers() {
        return Objects.requireNonNullElse(connection.get("bootstrap.servers"), "(no bootstrap.servers)");
    }

    private void waiting(String what) {
        detail = "waiting for " + what;
        if (!what.equals(lastTrouble)) {
            lastTrouble = what;
            log.atInfo().addKeyValue("event.action", "stack.waiting").addKeyValue("dependency", "kafka")
                    .log("Waiting for {}", what);
        }
        changed();
    }

    private void troubleOver() {
        if (lastTrouble != null) {
            lastTrouble = null;
            log.atInfo().addKeyValue("event.action", "stack.ready").addKeyValue("dependency", "kafka")
                    .log("Kafka at {} answers and has topic {}", servers(), topic);
        }
    }

    private void rebuild(Counts.Rebuild reason, String sentence) {
        counts.rebuilds(reason).increment();
        behind = -1;
        rebuilding = true;
        rebuildStart = nanoTime.getAsLong();
        copy.silence(CacheState.REBUILDING, Lookup.Reason.REBUILDING);
        detail = sentence;
    }

    private void fail(Throwable failure) {
        if (isClosed()) {
            return;
        }
        counts.rebuilds(Counts.Rebuild.FAILED).increment();
        behind = -1;
        rebuilding = true;
        rebuildStart = nanoTime.getAsLong();
        copy.silence(CacheState.STOPPED, Lookup.Reason.STOPPED);
        String sentence = sentence(failure);
        detail = sentence;
        if (!sentence.equals(lastTrouble)) {
            lastTrouble = sentence;
            log.error("The performance cache stopped and tries again: {}", sentence,
                    failure instanceof Refused || failure instanceof KafkaException ? null : failure);
        }
    }

    private static String sentence(Throwable failure) {
        if (failure instanceof Refused refused) {
            return refused.sentence;
        }
        Throwable cause = failure.getCause();
        return cause == null ? failure.toString() : failure.getMessage() + ": " + sentence(cause);
    }

    /// Tells waiting threads, and the log if the state is another one than before.
    private void changed() {
        waiters.signal();
        CacheState state = copy.state();
        if (state == lastState) {
            return;
        }
        lastState = state;
        CacheStatus status = status();
        switch (state) {
            case READY -> {
                if (rebuilding) {
                    rebuilding = false;
                    rebuildSeconds = (nanoTime.getAsLong() - rebuildStart) / 1e9;
                }
                say(wasReady ? "cache.caught.up" : "cache.ready", status)
                        .log("Performance cache is ready: {} couriers of generation {}", status.couriers(),
                                status.generation());
                wasReady = true;
            }
            case DEGRADED -> say("cache.stale", status)
                    .log("Performance cache cannot vouch for its couriers: {}", status.detail());
            case REBUILDING -> say("cache.rebuilding", status)
                    .log("Performance cache is read again: {}", status.detail());
            case STARTING, STOPPED -> {
                // Said where it happened.
            }
        }
    }

    private static LoggingEventBuilder say(String action, CacheStatus status) {
        return log.atInfo().addKeyValue("event.action", action).addKeyValue("generation", status.generation());
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void pause(long nanos) {
        try {
            closed.await(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted();
        }
    }

    /// Whoever interrupts the thread wants it to end.
    private void interrupted() {
        closed.countDown();
        Thread.currentThread().interrupt();
    }

    /// The two clients of an attempt. While one already asks for the topic the other is being built.
    private final class Clients implements AutoCloseable {
        private final Admin admin = Admin.create(ClientSettings.admin(connection));
        private final CompletableFuture<TopicFacts> facts = ask(admin);
        private final KafkaConsumer<ByteBuffer, ByteBuffer> records;

        private Clients() {
            try {
                records = new KafkaConsumer<>(ClientSettings.consumer(connection), new ByteBufferDeserializer(),
                        new ByteBufferDeserializer());
            } catch (RuntimeException e) {
                admin.close(CLOSE_CLIENT);
                throw e;
            }
            consumer = records;
        }

        @Override
        public void close() {
            consumer = null;
            records.close(CloseOptions.timeout(CLOSE_CLIENT));
            admin.close(CLOSE_CLIENT);
        }
    }

    /// One pass over one topic, from its beginning on. To begin it is enough to know which topic it is; nothing is answered
    /// before all that has to be true of it was looked at, which happens meanwhile.
    private final class Reading {
        private final Clients clients;
        private final Uuid topicId;
        private final Map<TopicPartition, Long> ends;
        private @Nullable CompletableFuture<TopicFacts> check;
        private boolean checked;
        private long checkedAt;

        private Reading(Clients clients, Uuid topicId) {
            this.clients = clients;
            this.topicId = topicId;
            List<TopicPartition> all = new ArrayList<>();
            for (int partition = 0; partition < partitions; partition++) {
                all.add(new TopicPartition(topic, partition));
            }
            clients.records.assign(all);
            clients.records.seekToBeginning(all);
            all.forEach(clients.records::position);
            ends = Map.copyOf(clients.records.endOffsets(all));
        }

        private void follow() {
            boolean reachedEnd = false;
            troubleOver();
            while (!isClosed()) {
                for (ConsumerRecord<ByteBuffer, ByteBuffer> record : clients.records.poll(POLL)) {
                    copy.read(record.partition(), record.offset(), decoder.decode(record.key(), record.value()));
                }
                checkTopic();
                if (!reachedEnd) {
                    reachedEnd = measure() == 0 && checked;
                    if (reachedEnd) {
                        copy.caughtUp();
                    }
                }
                changed();
            }
        }

        /// How many records are left before the ends taken at the start.
        private long measure() {
            long left = 0;
            for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
                left += Math.max(0, end.getValue() - clients.records.position(end.getKey()));
            }
            behind = left;
            detail = left == 0
                    ? "following topic " + topic
                    : "reading topic " + topic + ", " + left + " records to go";
            return left;
        }

        /// Asks without waiting whether this is still the same topic. A topic that is only gone is not dropped: without
        /// heartbeats the copy turns stale by itself, and a broker that starts may not know its topics yet.
        private void checkTopic() {
            CompletableFuture<TopicFacts> asked = check;
            if (asked == null) {
                if (!checked || nanoTime.getAsLong() - checkedAt >= topicCheckInterval.toNanos()) {
                    check = TopicFacts.ask(clients.admin, topic, DESCRIBE);
                }
                return;
            }
            if (!asked.isDone()) {
                return;
            }
            check = null;
            checkedAt = nanoTime.getAsLong();
            if (asked.isCompletedExceptionally()) {
                return;
            }
            TopicFacts facts = asked.resultNow();
            if (!facts.id().equals(topicId)) {
                throw new TopicChanged(Counts.Rebuild.RECREATED, "topic " + topic + " was created again");
            }
            refuseUnlessAsConfigured(facts);
            checked = true;
        }
    }

    /// The topic is not the one that was read so far.
    private static final class TopicChanged extends RuntimeException {
        private final Counts.Rebuild reason;
        private final String sentence;

        private TopicChanged(Counts.Rebuild reason, String sentence) {
            super(sentence);
            this.reason = reason;
            this.sentence = sentence;
        }
    }

    /// The topic is not as configured.
    private static final class Refused extends RuntimeException {
        private final String sentence;

        private Refused(String sentence) {
            super(sentence);
            this.sentence = sentence;
        }
    }
}
