package io.datadrivenchanges.publisher;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@Isolated("counts the threads of all engines")
class IdlePublisherIT {
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration OBSERVED = Duration.ofSeconds(5);
    /// Polling each millisecond takes a third of a core, waiting about a hundredth.
    private static final double MAX_SHARE = 0.1;

    private final Pipe pipe = new Pipe(1);

    @AfterEach
    void close() {
        pipe.close();
    }

    /// Counts processor time of the threads that wait for changes, which other work on the machine does not change.
    @Test
    void waitsWithoutBurningTheProcessor() {
        pipe.start().awaitFresh();
        // The code runs slower, and the threads need more, before the compiler has seen it.
        await().pollDelay(WARM_UP).until(() -> true);

        long before = used();
        long begin = System.nanoTime();
        await().pollDelay(OBSERVED).until(() -> true);
        double share = (double) (used() - before) / (System.nanoTime() - begin);

        assertThat(share).isLessThan(MAX_SHARE);
    }

    private static long used() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Stream.of(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && waitsForChanges(thread))
                .mapToLong(thread -> Math.max(0, threads.getThreadCpuTime(thread.getThreadId())))
                .sum();
    }

    private static boolean waitsForChanges(ThreadInfo thread) {
        return thread.getThreadName().equals("publisher-engine") || thread.getThreadName().startsWith("debezium-");
    }
}
