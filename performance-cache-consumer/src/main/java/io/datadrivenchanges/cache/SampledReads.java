package io.datadrivenchanges.cache;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/// Judges reads afterwards: had the courier a newer version when the read was answered?
///
/// A read of version v at time t is kept until one of two things is seen. Version v + 1 becomes visible, committed at c:
/// the read was stale by t - c if t ≥ c, else fresh. Or the heartbeats of all partitions show that everything committed
/// before t has been read, and v is still the newest: it was fresh. So each sample is settled within about a heartbeat,
/// and the same arithmetic needs no query.
///
/// The commit time is of the database's clock and t of this host's: over two hosts a verdict is exact to the difference of
/// their clocks. The kept samples are limited; while they are all in use no read is sampled.
///
/// Any thread samples, without a lock; a read that is not sampled allocates nothing. Only the thread that reads the topic
/// judges.
final class SampledReads {
    private static final long INTERVAL_NANOS = Duration.ofMillis(1).toNanos();
    /// Twice the samples of a second, which is twice the interval of heartbeats.
    private static final int MAX_WAITING = 2000;
    /// Two commits can stand in the log in another order than their times, a little. A heartbeat proves what is older.
    private static final long COMMIT_ORDER_MICROS = TimeUnit.MILLISECONDS.toMicros(100);
    private static final long NO_BEAT = Long.MIN_VALUE;
    private static final List<Duration> SCALES = List.of(Duration.ofMillis(1), Duration.ofMillis(10),
            Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(10));

    private final InstantSource wallClock;
    private final long clockErrorMicros;
    private final AtomicLong nextNanos;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Queue<Sample> arriving = new ConcurrentLinkedQueue<>();

    private final List<Sample> kept = new ArrayList<>();
    private final long[] beats;
    private @Nullable Generation generation;

    private volatile Consistency consistency = new Consistency(0, 0, 0, Duration.ZERO,
            SCALES.stream().map(within -> new Consistency.Scale(within, 0, 0)).toList());
    private final long[] staler = new long[SCALES.size()];
    private long fresh;
    private long stale;
    private long unjudged;
    private long stalestMicros;

    /// @param nanoTime now, as later samples give it
    SampledReads(int partitions, InstantSource wallClock, Duration clockError, long nanoTime) {
        this.wallClock = wallClock;
        this.clockErrorMicros = TimeUnit.NANOSECONDS.toMicros(clockError.toNanos());
        nextNanos = new AtomicLong(nanoTime);
        beats = new long[partitions];
        Arrays.fill(beats, NO_BEAT);
    }

    private record Sample(Generation generation, long courierId, long version, long micros) {}

    /// Takes a read as a sample if it is time for one. To be called after the entry was read.
    ///
    /// @param version that was read, 0 where the courier is absent
    /// @param nanoTime when it was read
    void offer(Generation read, long courierId, long version, long nanoTime) {
        long due = nextNanos.get();
        if (nanoTime - due < 0 || !nextNanos.compareAndSet(due, nanoTime + INTERVAL_NANOS)) {
            return;
        }
        if (waiting.get() < MAX_WAITING) {
            waiting.incrementAndGet();
            arriving.add(new Sample(read, courierId, version, micros(wallClock.instant())));
        }
    }

    /// What is known so far.
    Consistency consistency() {
        return consistency;
    }

    /// Another generation answers from now on, or none.
    void answering(@Nullable Generation other) {
        generation = other;
        Arrays.fill(beats, NO_BEAT);
        takeArriving();
        kept.forEach(_ -> leaveUnjudged());
        kept.clear();
        publish();
    }

    /// A change has become visible in the generation that answers.
    void applied(TopicRecord.Change change) {
        if (waiting.get() == 0) {
            return;
        }
        takeArriving();
        for (Iterator<Sample> samples = kept.iterator(); samples.hasNext();) {
            Sample sample = samples.next();
            if (sample.courierId() == change.courierId()) {
                samples.remove();
                judge(sample, change.version(), change.committedMicros());
            }
        }
        publish();
    }

    /// A courier has become unknown in the generation that answers.
    void poisoned(long courierId) {
        takeArriving();
        kept.removeIf(sample -> sample.courierId() == courierId && leaveUnjudged());
        publish();
    }

    /// A heartbeat of the generation that answers has been read.
    void beat(int partition, long committedMicros) {
        beats[partition] = Math.max(beats[partition], committedMicros);
        if (waiting.get() == 0) {
            return;
        }
        takeArriving();
        long proven = Arrays.stream(beats).min().orElse(NO_BEAT);
        if (proven == NO_BEAT) {
            return;
        }
        long before = proven - COMMIT_ORDER_MICROS - clockErrorMicros;
        kept.removeIf(sample -> {
            if (sample.micros() >= before) {
                return false;
            }
            fresh++;
            return settled();
        });
        publish();
    }

    /// A sample can arrive after the change that would have settled it.
    private void takeArriving() {
        for (Sample sample = arriving.poll(); sample != null; sample = arriving.poll()) {
            if (sample.generation() != generation) {
                leaveUnjudged();
                continue;
            }
            Entry entry = sample.generation().entries().get(sample.courierId());
            if (entry != null && entry.isPoisoned()) {
                leaveUnjudged();
            } else if (entry == null || entry.version() == sample.version()) {
                kept.add(sample);
            } else {
                judge(sample, entry.version(), entry.committedMicros());
            }
        }
    }

    private void judge(Sample sample, long newVersion, long committedMicros) {
        if (newVersion != sample.version() + 1 || committedMicros == TopicRecord.NO_COMMIT_TIME) {
            leaveUnjudged();
            return;
        }
        long staleMicros = sample.micros() - committedMicros;
        if (staleMicros < 0) {
            fresh++;
        } else {
            stale++;
            stalestMicros = Math.max(stalestMicros, staleMicros);
            for (int i = 0; i < staler.length; i++) {
                if (staleMicros > TimeUnit.NANOSECONDS.toMicros(SCALES.get(i).toNanos())) {
                    staler[i]++;
                }
            }
        }
        settled();
    }

    private boolean leaveUnjudged() {
        unjudged++;
        return settled();
    }

    private boolean settled() {
        waiting.decrementAndGet();
        return true;
    }

    private void publish() {
        if (fresh + stale + unjudged == consistency.judged() + consistency.unjudged()) {
            return;
        }
        List<Consistency.Scale> scales = new ArrayList<>(staler.length);
        for (int i = 0; i < staler.length; i++) {
            scales.add(new Consistency.Scale(SCALES.get(i), staler[i], fresh + stale));
        }
        consistency = new Consistency(fresh, stale, unjudged,
                Duration.of(stalestMicros, ChronoUnit.MICROS), scales);
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
