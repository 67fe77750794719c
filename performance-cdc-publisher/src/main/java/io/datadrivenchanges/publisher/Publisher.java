package io.datadrivenchanges.publisher;

import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Supervises terms, for ever: take the lead, fence, check, stream, and whatever ends it, wait a little and start over with
/// all checks. There is no other recovery.
///
/// [#start] and [#stop] may be called from any thread; everything else runs on the supervisor's thread, which is interrupted
/// only while it checks, and never while it closes.
final class Publisher {
    private static final Duration STANDBY_RETRY = Duration.ofSeconds(1);
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(500);
    private static final Duration SNAPSHOT_SILENCE = Duration.ofSeconds(60);
    private static final Duration STEADY = Duration.ofSeconds(60);
    private static final Duration GENERATION_INTERVAL = Duration.ofHours(1);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(3);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);
    private static final Duration PRODUCER_LIMIT = Duration.ofSeconds(1);
    private static final Duration AUDIT_LIMIT = Duration.ofMinutes(1);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final PublisherProperties properties;
    private final Map<String, Object> kafka;
    private final PublisherStatus status;
    private final PublisherMetrics metrics;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private final Consumer<Throwable> fatal;
    private final Limits limits;
    private final Resumption.Decision decision;
    private final TopicInspection topic;
    private final Backoff backoff;
    private final Thread thread = Thread.ofPlatform().daemon().name("publisher").unstarted(this::supervise);
    private final CompletableFuture<Void> stopRequested = new CompletableFuture<>();
    private final Object gate = new Object();
    private boolean checking;

    private volatile @Nullable Auditor auditor;
    private @Nullable Reason demanded;
    private @Nullable Long strangeAt;
    private @Nullable Long streamingSince;

    /// @param kafka address and security
    /// @param fatal told once when the process cannot be trusted any more; must end it
    Publisher(PublisherProperties properties, Map<String, Object> kafka, PublisherStatus status,
            PublisherMetrics metrics, Clock clock, LongSupplier nanoTime, RandomGenerator random,
            Consumer<Throwable> fatal) {
        this(properties, kafka, status, metrics, clock, nanoTime, random, fatal, Limits.STANDARD, Resumption::decide);
    }

    /// @param limits   shortened by tests only
    /// @param decision replaced only to show what it is good for
    Publisher(PublisherProperties properties, Map<String, Object> kafka, PublisherStatus status,
            PublisherMetrics metrics, Clock clock, LongSupplier nanoTime, RandomGenerator random,
            Consumer<Throwable> fatal, Limits limits, Resumption.Decision decision) {
        this.limits = limits;
        this.decision = decision;
        this.properties = properties;
        this.kafka = Map.copyOf(kafka);
        this.status = status;
        this.metrics = metrics;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.random = random;
        this.fatal = fatal;
        topic = new TopicInspection(kafka, properties.topic(), nanoTime, limits.kafkaAnswer());
        backoff = new Backoff(random, limits.longestPause());
    }

    void start() {
        thread.start();
    }

    /// Finishes what was handed over, confirms it to the slot and gives the lead away; within ten seconds, whatever is down.
    void stop() {
        stopRequested.complete(null);
        synchronized (gate) {
            if (checking) {
                thread.interrupt();
            }
        }
        try {
            thread.join(STOP_LIMIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Compares table and topic now.
    ///
    /// @return empty while nothing is published
    /// @throws ExecutionException if table or topic could not be read
    /// @throws TimeoutException   if it takes longer than a minute; it goes on nevertheless
    Optional<Audit> audit() throws InterruptedException, ExecutionException, TimeoutException {
        Auditor current = auditor;
        if (current == null || status.view().state() != PublisherState.STREAMING) {
            return Optional.empty();
        }
        try {
            return Optional.of(current.request().get(AUDIT_LIMIT.toMillis(), TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException | CancellationException _) {
            return Optional.empty();
        }
    }

    private void supervise() {
        try {
            while (!stopRequested.isDone()) {
                try {
                    term();
                } catch (Throwable e) {
                    recover(e);
                }
            }
        } finally {
            status.enter(PublisherState.STOPPED, "");
            LOG.info("Stopped");
        }
    }

    private void recover(Throwable thrown) {
        if (stopRequested.isDone()) {
            return;
        }
        Long streaming = streamingSince;
        if (streaming != null && nanoTime.getAsLong() - streaming >= STEADY.toNanos()) {
            backoff.reset();
        }
        Failure failure = Failure.of(thrown);
        String sentence = failure.sentence();
        switch (failure.kind()) {
            case RETRY -> pause(failure.familiar() ? null : thrown, sentence, backoff.next(), false);
            case PERSON -> pause(null, sentence, limits.longestPause(), true);
            case FENCED -> {
                metrics.fenced();
                pause(null, sentence, STANDBY_RETRY, false);
            }
            case GENERATION -> demandGeneration(failure, thrown);
            case FATAL -> {
                LOG.error("Ending the process: {}", sentence, thrown);
                stopRequested.complete(null);
                fatal.accept(thrown);
            }
        }
    }

    /// What should not happen costs a whole generation, so it is at most one an hour, whatever is restarted meanwhile. Who drops
    /// the slot has looked, and a missing slot is a reason that does not count.
    private void demandGeneration(Failure failure, Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof GenerationNeededException needed) {
                demanded = needed.reason();
            }
        }
        Long before = strangeAt;
        Duration since = before == null ? GENERATION_INTERVAL : Duration.ofNanos(nanoTime.getAsLong() - before);
        if (since.compareTo(GENERATION_INTERVAL) < 0) {
            pause(null,
                    failure.sentence()
                            + " for the second time within an hour; to go on sooner drop the replication slot"
                            + " and restart the publisher",
                    GENERATION_INTERVAL.minus(since), true);
        } else {
            LOG.warn("{}: a new generation is needed", failure.sentence());
        }
    }

    private void pause(@Nullable Throwable strange, String sentence, Duration pause, boolean needsPerson) {
        status.enter(PublisherState.BACKOFF, sentence, needsPerson);
        if (strange == null) {
            LOG.warn("{}; next attempt in {} ms", sentence, pause.toMillis());
        } else {
            LOG.warn("{}; next attempt in {} ms", sentence, pause.toMillis(), strange);
        }
        awaitStop(pause);
    }

    /// Waits, but not longer than until the stop.
    private void awaitStop(Duration limit) {
        try {
            stopRequested.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException _) {
            // The time is over; the caller looks at the stop itself.
        }
    }

    private void term() throws Exception {
        streamingSince = null;
        beginChecks();
        try (Lead lead = Lead.open(properties.database(), limits)) {
            awaitLead(lead);
            status.enter(PublisherState.CHECKING, "");
            try (var heartbeat = new Heartbeat(lead, properties.slot(), metrics)) {
                Uuid identity = topic.verify();
                var writer = TopicWriter.connect(kafka, properties.topic(), limits, nanoTime, metrics);
                boolean drained = false;
                try {
                    writer.fence();
                    Map<Integer, Marker> markers = new HashMap<>();
                    OptionalLong position = resume(writer, markers);
                    endChecks();
                    drained = stream(heartbeat, writer, markers, position, identity);
                } finally {
                    endChecks();
                    writer.close(drained ? PRODUCER_LIMIT : Duration.ZERO);
                }
            }
        } finally {
            endChecks();
        }
    }

    private void beginChecks() {
        synchronized (gate) {
            if (stopRequested.isDone()) {
                throw new StopRequestedException();
            }
            checking = true;
        }
    }

    /// From here on nobody interrupts.
    private void endChecks() {
        synchronized (gate) {
            checking = false;
            Thread.interrupted();
        }
    }

    private void awaitLead(Lead lead) throws SQLException {
        while (!lead.take()) {
            if (status.view().state() != PublisherState.STANDBY) {
                LOG.info("Standing by: another publisher leads");
            }
            status.enter(PublisherState.STANDBY, "another publisher leads");
            awaitStop(STANDBY_RETRY.plusMillis(random.nextLong(STANDBY_RETRY.toMillis() / 4)));
            if (stopRequested.isDone()) {
                throw new StopRequestedException();
            }
        }
    }

    /// Decides how to go on, and announces a new generation.
    ///
    /// @param markers receives the generation's markers by partition
    /// @return position to stream from; empty to take a snapshot
    private OptionalLong resume(TopicWriter writer, Map<Integer, Marker> markers) throws SQLException {
        try (SourceDatabase source = SourceDatabase.open(properties)) {
            SourceState state = source.inspect();
            TopicState found = topic.readTail();
            Resumption resumption = decision.decide(state, found, properties.topic().partitions(), demanded,
                    clock.instant().getEpochSecond());
            return switch (resumption) {
                case Resumption.Continue(long position, Map<Integer, Marker> current) -> {
                    markers.putAll(current);
                    beginContinuation(current.values().iterator().next(), position);
                    yield OptionalLong.of(position);
                }
                case Resumption.NewGeneration(Reason reason, long generation) -> {
                    Reason origin = origin(reason, found);
                    beginGeneration(reason, origin, generation);
                    source.dropSlot();
                    announce(writer, state, generation, origin, markers);
                    demanded = null;
                    yield OptionalLong.empty();
                }
            };
        }
    }

    /// An attempt after one that was not completed is made for the same reason as that one.
    private static Reason origin(Reason reason, TopicState found) {
        Reason unfinished = found.newestReason();
        return reason == Reason.INCOMPLETE && unfinished != null ? unfinished : reason;
    }

    private void beginContinuation(Marker marker, long position) {
        long generation = marker.generation();
        LOG.info("Continuing generation {} at position {}", generation, Long.toUnsignedString(position));
        metrics.engineContinued();
        status.generation(generation);
        status.enter(PublisherState.STREAMING, "");
        Reason reason = marker.reason();
        if (strangeAt == null && reason != null && reason.isStrange()) {
            // An earlier process has spent it.
            Duration age = Duration.between(marker.begun(), clock.instant());
            strangeAt = nanoTime.getAsLong() - (age.isNegative() ? 0 : age.toNanos());
        }
    }

    private void beginGeneration(Reason reason, Reason origin, long generation) {
        LOG.info("Starting generation {}: {}", generation, reason.sentence());
        metrics.generationStarted(reason);
        status.generation(generation);
        status.enter(PublisherState.SNAPSHOTTING, reason.sentence());
        if (origin.isStrange()) {
            strangeAt = nanoTime.getAsLong();
        }
    }

    private void announce(TopicWriter writer, SourceState source, long generation, Reason reason,
            Map<Integer, Marker> markers) {
        var marker = new Marker(generation, Marker.State.BUILDING, 0, source.systemId(), source.timeline(), reason,
                clock.instant());
        for (int partition = 0; partition < properties.topic().partitions(); partition++) {
            writer.send(partition, TopicRecord.of(marker), null, 0, () -> {});
            markers.put(partition, marker);
        }
        writer.commit();
    }

    /// Runs one engine until it ends, the lead is lost, nothing arrives any more, or the publisher is stopped.
    ///
    /// @return whether everything handed over was committed
    private boolean stream(Heartbeat heartbeat, TopicWriter writer, Map<Integer, Marker> markers, OptionalLong position,
            Uuid identity) throws Exception {
        var handler = new ChangeHandler(writer, markers, properties.instance(), status, metrics, clock, nanoTime,
                limits.commitInterval());
        var engine = new ChangeEngine(properties, new SlotPosition(position), handler);
        CompletableFuture<Void> ended = engine.start();
        boolean drained = false;
        try (var current = new Auditor(properties, kafka, status, metrics, clock, nanoTime, limits.secondLook())) {
            auditor = current;
            heartbeat.write();
            watch(CompletableFuture.anyOf(ended, heartbeat.lost(), current.found(), stopRequested), handler, ended,
                    identity);
            if (stopRequested.isDone() && !ended.isDone()) {
                status.enter(PublisherState.DRAINING, "");
                handler.drain();
                drained = engine.awaitEnd(DRAIN_LIMIT);
            }
            return drained;
        } finally {
            auditor = null;
            if (!ended.isDone()) {
                writer.close(Duration.ZERO);
                if (!engine.close(CLOSE_LIMIT)) {
                    LOG.warn("The change engine did not end in {} s and is left behind", CLOSE_LIMIT.toSeconds());
                }
            }
        }
    }

    private void watch(CompletableFuture<Object> end, ChangeHandler handler, CompletableFuture<Void> ended,
            Uuid identity) throws Exception {
        long verifiedAt = nanoTime.getAsLong();
        while (true) {
            try {
                end.get(WATCH_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
                if (ended.isDone() && !stopRequested.isDone()) {
                    throw new NotYetException("the change engine ended by itself");
                }
                return;
            } catch (TimeoutException _) {
                boolean streaming = status.view().state() == PublisherState.STREAMING;
                if (streaming && streamingSince == null) {
                    streamingSince = nanoTime.getAsLong();
                    LOG.info("Streaming generation {}", status.view().generation());
                }
                Duration limit = streaming ? limits.streamSilence() : SNAPSHOT_SILENCE;
                if (handler.silence().compareTo(limit) > 0) {
                    throw new NotYetException("nothing arrived for " + limit.toSeconds() + " s");
                }
                if (nanoTime.getAsLong() - verifiedAt >= limits.verifyInterval().toNanos()) {
                    verify(identity);
                    verifiedAt = nanoTime.getAsLong();
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof Exception cause ? cause : new CompletionException(e.getCause());
            }
        }
    }

    /// A broker that is away shows itself at the writer; here only what looks healthy and is wrong matters.
    private void verify(Uuid identity) {
        synchronized (gate) {
            if (stopRequested.isDone()) {
                return;
            }
            checking = true;
        }
        Uuid found;
        try {
            found = topic.verify();
        } catch (NotYetException | InterruptedException e) {
            LOG.debug("Topic not verified: {}", e.getMessage());
            return;
        } finally {
            endChecks();
        }
        if (!found.equals(identity)) {
            throw new NotYetException("the topic was recreated");
        }
    }
}
