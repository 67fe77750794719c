package io.datadrivenchanges.stack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Hands on what Payments logs about its experiment: logger and message of each such line.
final class LogFollower implements AutoCloseable {
    private static final Pattern EXPERIMENT = Pattern.compile("\\b(experiment\\.(?:results|mismatch)) *: (.*)$");
    private static final int PERIOD_MILLIS = 200;

    private final BufferedReader log;
    private final Consumer<String> says;
    private final StringBuilder line = new StringBuilder();
    private final ScheduledExecutorService timer = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("follow-log").factory());

    /// Follows a log file from its beginning.
    LogFollower(Path file, Consumer<String> says) {
        this.says = says;
        try {
            this.log = Files.newBufferedReader(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var _ = timer.scheduleWithFixedDelay(this::read, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        try {
            log.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try {
            int c;
            while ((c = log.read()) >= 0) {
                if (c == '\n') {
                    hand(line.toString());
                    line.setLength(0);
                } else {
                    line.append((char) c);
                }
            }
        } catch (IOException _) {
            // Closed, or the folder is being deleted: nothing more will come.
            timer.shutdown();
        }
    }

    private void hand(String text) {
        Matcher matcher = EXPERIMENT.matcher(text);
        if (matcher.find()) {
            says.accept(matcher.group(1) + " " + matcher.group(2));
        }
    }
}
