package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SharedCallsTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final AtomicInteger asked = new AtomicInteger();
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Integer> answers = new CopyOnWriteArrayList<>();

    @AfterEach
    void release() {
        end.countDown();
    }

    private static int number(Asked<Integer> answer) {
        return answer instanceof Asked.Answered<Integer> answered ? answered.value() : -1;
    }

    private Asked<Integer> atOnce() {
        return new Asked.Answered<>(asked.incrementAndGet(), new Span(0, 1));
    }

    private Asked<Integer> late() {
        int answer = asked.incrementAndGet();
        try {
            assertThat(end.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return new Asked.Answered<>(answer, new Span(0, 1));
    }

    /// Somebody asks and is not answered yet.
    private void asking(SharedCalls<Integer> calls, @Nullable Object key) {
        int before = asked.get();
        Thread.ofVirtual().start(() -> answers.add(number(calls.ask(key, this::late))));
        await("asks").atMost(LIMIT).until(() -> asked.get() == before + 1);
    }

    @Test
    void whoFindsNoRoomAsksByItselfAndWhoseKeyIsBeingAskedAboutStillShares() {
        SharedCalls<Integer> calls = new SharedCalls<>(2, LIMIT);
        asking(calls, "a");
        asking(calls, "b");

        assertThat(number(calls.ask("c", this::atOnce))).isEqualTo(3);
        assertThat(calls.size()).isEqualTo(2);
        Thread waiter = Thread.ofVirtual().start(() -> answers.add(number(calls.ask("b", this::atOnce))));
        await("waits").atMost(LIMIT).until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
        end.countDown();

        await("all are answered").atMost(LIMIT)
                .untilAsserted(() -> assertThat(answers).containsExactlyInAnyOrder(1, 2, 2));
        await("nothing is kept").atMost(LIMIT).until(() -> calls.size() == 0);
        assertThat(number(calls.ask("c", this::atOnce))).as("there is room again").isEqualTo(4);
    }

    @Test
    void asksByItselfAfterWaitingForTooLong() {
        SharedCalls<Integer> calls = new SharedCalls<>(2, Duration.ofMillis(1));
        asking(calls, "a");

        assertThat(number(calls.ask("a", this::atOnce))).isEqualTo(2);
    }

    @Test
    void asksByItselfWithoutAKey() {
        SharedCalls<Integer> calls = new SharedCalls<>();
        asking(calls, null);

        assertThat(number(calls.ask(null, this::atOnce))).isEqualTo(2);
    }

    @Test
    void interruptedCallerAsksByItselfAndStaysInterrupted() {
        SharedCalls<Integer> calls = new SharedCalls<>();
        asking(calls, "a");

        Thread.currentThread().interrupt();
        int answer = number(calls.ask("a", this::atOnce));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer).isEqualTo(2);
    }

    /// Throws wherever it is asked something.
    private static final class Hostile {

        @Override
        public int hashCode() {
            throw new IllegalStateException("hashCode");
        }

        @Override
        @SuppressWarnings("EqualsHashCode")
        public boolean equals(@Nullable Object other) {
            throw new IllegalStateException("equals");
        }
    }

    @Test
    void keysThatThrowShareNothingAndLeaveNothing() {
        SharedCalls<Integer> calls = new SharedCalls<>();
        asking(calls, new Hostile());

        assertThat(number(calls.ask(new Hostile(), this::atOnce))).isEqualTo(2);

        end.countDown();
        await("nothing is kept").atMost(LIMIT).until(() -> calls.size() == 0);
    }
}
