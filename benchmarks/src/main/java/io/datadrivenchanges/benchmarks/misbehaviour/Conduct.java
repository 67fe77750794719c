package io.datadrivenchanges.benchmarks.misbehaviour;

import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.datadrivenchanges.benchmarks.misbehaviour.Contender.Running;
import org.jspecify.annotations.Nullable;

/// How a contender treated one caller that called it again and again. Immutable.
///
/// @param isHeld whether a call did not come back
/// @param surprises what the caller got instead of what the control did: classes of exceptions, or `wrong answer`
/// @param counted calls counted
record Conduct(boolean isHeld, SortedSet<String> surprises, long counted) {

    static final int CALLS = 100;
    /// A call of a part takes less than a microsecond; the rest is for a busy machine.
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// Calls a contender, whose parts misbehave.
    static Conduct of(Contender contender, Misbehaviour misbehaviour) throws InterruptedException {
        try (Parts parts = new Parts(misbehaviour); Running running = contender.start(parts)) {
            FutureTask<SortedSet<String>> calls = new FutureTask<>(() -> surprises(running, parts));
            Thread.ofPlatform().daemon().name("caller").start(calls);
            try {
                SortedSet<String> surprises = calls.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                return new Conduct(false, surprises, running.counted());
            } catch (TimeoutException held) {
                return new Conduct(true, new TreeSet<>(), 0);
            } catch (ExecutionException broken) {
                throw new IllegalStateException(broken);
            }
        }
    }

    private static SortedSet<String> surprises(Running running, Parts parts) {
        SortedSet<String> surprises = new TreeSet<>();
        for (int i = 0; i < CALLS; i++) {
            String surprise = surprise(running, parts, i);
            if (surprise != null) {
                surprises.add(surprise);
            }
        }
        return surprises;
    }

    private static @Nullable String surprise(Running running, Parts parts, Integer input) {
        try {
            boolean right = running.call(input).equals(input) && !parts.isWithoutAnswer();
            return right ? null : "wrong answer";
        } catch (Throwable thrown) {
            return parts.isOfControl(thrown) ? null : "`" + thrown.getClass().getSimpleName() + "`";
        }
    }

    @Override
    public String toString() {
        if (isHeld) {
            return "**held for good**";
        }
        String got = surprises.isEmpty() ? "as the control" : "**" + String.join(", ", surprises) + "**";
        return counted == CALLS ? got : got + ", %d of %d counted".formatted(counted, CALLS);
    }
}
