package io.datadrivenchanges.payments.stage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

import io.datadrivenchanges.experiment.audit.AuditReport;
import io.datadrivenchanges.experiment.audit.Audited;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class AuditsTest {
    private static final String EXPERIMENT = "e";
    private static final Duration ENDED = Duration.ofSeconds(10);
    private static final AuditReport<Long> CLEAN = report(0, true, true);
    private static final AuditReport<Long> DIFFERENT = report(1, true, true);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final BlockingQueue<Callable<AuditReport<Long>>> next = new LinkedBlockingQueue<>();
    private volatile Instant now = Instant.parse("2026-01-02T03:04:05Z");
    private final Audits audits = new Audits(() -> next.take().call(), meters, () -> now);

    @AfterEach
    void close() {
        audits.close();
    }

    private static AuditReport<Long> report(long found, boolean caughtUp, boolean complete) {
        return new AuditReport<>("incentives", "cache", 10, List.of(), found, 0, caughtUp, complete,
                Duration.ofSeconds(1));
    }

    private void ends(AuditReport<Long> with) {
        next.add(() -> with);
        await().atMost(ENDED).until(() -> !audits.isRunning());
    }

    private Audited.Outcome outcome() {
        return audits.last().orElseThrow().outcome();
    }

    @Test
    void makesOneAtATime() {
        assertThat(audits.begin()).isTrue();
        assertThat(audits.begin()).isFalse();
        assertThat(audits.isRunning()).isTrue();
        ends(CLEAN);

        assertThat(audits.begin()).isTrue();
        ends(CLEAN);
        assertThat(meters.get("experiment.audits").tag("outcome", "clean").counter().count()).isEqualTo(2);
    }

    @Test
    void saysWhatItHasShown() {
        assertThat(meters.get("experiment.audit.found").gauge().value()).isNaN();
        audits.begin();
        ends(DIFFERENT);
        assertThat(outcome()).isEqualTo(Audited.Outcome.DIFFERENT);
        assertThat(meters.get("experiment.audit.found").gauge().value()).isEqualTo(1);

        audits.begin();
        ends(report(1, false, true));
        assertThat(outcome()).as("what was found may be lag").isEqualTo(Audited.Outcome.UNCLEAR);
        audits.begin();
        ends(report(0, true, false));
        assertThat(outcome()).as("not to the end").isEqualTo(Audited.Outcome.UNCLEAR);
    }

    @Test
    void outlivesAnAuditThatFails() {
        audits.begin();
        next.add(() -> {
            throw new IOException("Incentives is away");
        });
        await().atMost(ENDED).until(() -> !audits.isRunning());
        assertThat(audits.last()).contains(new Audited.Failed<>(now, "Incentives is away"));
        audits.begin();
        next.add(() -> {
            throw new IllegalStateException("a defect");
        });
        await().atMost(ENDED).until(() -> !audits.isRunning());
        assertThat(outcome()).isEqualTo(Audited.Outcome.FAILED);

        audits.begin();
        ends(CLEAN);
        assertThat(outcome()).isEqualTo(Audited.Outcome.CLEAN);
    }

    @Test
    void letsAPromotionPassAfterACleanAuditOfItsOwn() {
        Instant since = now;
        assertThat(audits.isPassed(EXPERIMENT, since)).as("it has only begun").isFalse();
        assertThat(audits.isPassed(EXPERIMENT, since)).as("it is under way").isFalse();
        ends(CLEAN);

        assertThat(audits.isPassed(EXPERIMENT, since)).isTrue();
        now = now.plus(Duration.ofDays(1));
        assertThat(audits.isPassed(EXPERIMENT, since)).as("however long ago").isTrue();
    }

    @Test
    void takesNoAuditThatBeganBefore() {
        audits.begin();
        ends(CLEAN);
        now = now.plusMillis(1);

        assertThat(audits.isPassed(EXPERIMENT, now)).isFalse();
        ends(CLEAN);

        assertThat(audits.isPassed(EXPERIMENT, now)).isTrue();
    }

    @Test
    void waitsBeforeItAuditsAgainForAPromotionThatDidNotPass() {
        Instant since = now;
        audits.isPassed(EXPERIMENT, since);
        ends(DIFFERENT);

        now = since.plus(Duration.ofMinutes(10)).minusMillis(1);
        assertThat(audits.isPassed(EXPERIMENT, since)).isFalse();
        assertThat(audits.isRunning()).isFalse();
        now = since.plus(Duration.ofMinutes(10));
        assertThat(audits.isPassed(EXPERIMENT, since)).isFalse();
        assertThat(audits.isRunning()).isTrue();
        ends(CLEAN);

        assertThat(audits.isPassed(EXPERIMENT, since)).isTrue();
    }

    @Test
    void endsTheOneUnderWayWhenItIsClosed() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        next.add(() -> {
            begun.countDown();
            try {
                return next.take().call();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        audits.begin();
        begun.await();

        audits.close();

        interrupted.await();
    }
}
