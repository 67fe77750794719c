package io.datadrivenchanges.traffic;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/// Plain lines, one every five seconds: for logs and pipes.
final class ProgressLines implements Progress {
    private static final int PERIOD_SECONDS = 5;

    private final PrintWriter out;
    private final OptionalLong total;
    private final LongAdder done = new LongAdder();
    private final long start = System.nanoTime();
    private final ScheduledExecutorService timer = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("progress").factory());

    ProgressLines(PrintWriter out, OptionalLong total) {
        this.out = out;
        this.total = total;
        var _ = timer.scheduleAtFixedRate(this::print, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void step() {
        done.increment();
    }

    @Override
    public void close() {
        timer.shutdownNow();
        print();
    }

    private void print() {
        long count = done.sum();
        double seconds = (System.nanoTime() - start) / 1e9;
        String of = total.isPresent() ? " of " + total.getAsLong() : "";
        out.println(String.format(Locale.ROOT, "%d%s deliveries, %.0f per second", count, of, count / seconds));
        out.flush();
    }
}
