package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/// Lets callers who ask the control about the same key at the same time share one call of it. Thread-safe; who finds nobody asking waits for
/// nobody, and nothing is kept once a call has ended.
///
/// The first caller asks, on its own thread; those who come while it does so wait for what comes of it. A caller asks by itself
///
/// - without a key, or while [#MAX_KEYS] others are being asked about;
/// - if it is interrupted, before or while it waits: its flag stays set, so that the control fails, or does not, as it would alone;
/// - after [#MAX_WAIT], so that calls which wait for each other come apart.
///
/// What the control throws at an interrupted caller is that caller's affair: those who waited for it begin anew.
final class SharedCalls<C extends @Nullable Object> {

    /// Keys asked about at the same time; each has a caller that is busy with it.
    static final int MAX_KEYS = 1_024;
    /// Longer than any control should take: it ends what would never end by itself.
    static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private final Map<Call<C>, Call<C>> calls = new ConcurrentHashMap<>();
    private final Semaphore room;
    private final Duration maxWait;

    SharedCalls() {
        this(MAX_KEYS, MAX_WAIT);
    }

    SharedCalls(int maxKeys, Duration maxWait) {
        room = new Semaphore(maxKeys);
        this.maxWait = maxWait;
    }

    /// Asks, or waits for somebody who does.
    ///
    /// @param key `null` = asks by itself
    /// @param control does not throw
    Asked<C> ask(@Nullable Object key, Supplier<Asked<C>> control) {
        if (key == null) {
            return control.get();
        }
        Call<C> mine = new Call<>(key);
        Call<C> first = first(mine);
        while (first != null && !mine.isSame(first)) {
            if (!first.awaitEnd(maxWait)) {
                return control.get();
            }
            Asked<C> answer = first.answer;
            if (answer != null) {
                return answer;
            }
            first = first(mine);
        }
        return first == null ? control.get() : lead(mine, control);
    }

    /// Keys that are being asked about.
    int size() {
        return calls.size();
    }

    /// The call about the same key that is under way, which is `mine` if there was none; `null` if there is no room for it.
    private @Nullable Call<C> first(Call<C> mine) {
        Call<C> there = calls.get(mine);
        if (there != null || !room.tryAcquire()) {
            return there;
        }
        there = calls.putIfAbsent(mine, mine);
        if (there == null) {
            return mine;
        }
        room.release();
        return there;
    }

    private Asked<C> lead(Call<C> mine, Supplier<Asked<C>> control) {
        try {
            Asked<C> asked = control.get();
            if (!isOfInterrupt(asked)) {
                mine.answer = asked;
            }
            return asked;
        } finally {
            calls.remove(mine, mine);
            room.release();
            mine.end.countDown();
        }
    }

    private static boolean isOfInterrupt(Asked<?> asked) {
        return asked instanceof Asked.Failed<?> failed
                && (failed.error() instanceof InterruptedException || Thread.currentThread().isInterrupted());
    }

    /// A call under way, known by its key. The hash is taken once and `equals` never throws, so that the call of a key that misbehaves can
    /// be taken out.
    private static final class Call<C extends @Nullable Object> {

        private final Object key;
        private final int hash;
        private final CountDownLatch end = new CountDownLatch(1);
        /// `null` until it has ended, and if there is none to share.
        private volatile @Nullable Asked<C> answer;

        Call(Object key) {
            this.key = key;
            hash = hashOrZero(key);
        }

        @SuppressWarnings("ReferenceEquality") // the very call
        boolean isSame(Call<C> other) {
            return this == other;
        }

        /// @return `false` if it lasts longer, or the caller is interrupted (the flag is kept)
        boolean awaitEnd(Duration atMost) {
            try {
                return end.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            try {
                return other == this || (other instanceof Call<?> call && key.equals(call.key));
            } catch (Throwable thrown) {
                return false;
            }
        }

        private static int hashOrZero(Object key) {
            try {
                return key.hashCode();
            } catch (Throwable thrown) {
                return 0;
            }
        }
    }
}
