package io.datadrivenchanges.experiment.jsonl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import io.datadrivenchanges.experiment.Report;
import io.datadrivenchanges.experiment.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A sink that appends each report to a file, as one JSON object per line, see [Report#json()]. Thread-safe.
///
/// Files are bounded: before a line would make `reports.jsonl` larger than allowed, it is renamed to `reports.jsonl.1`, that to
/// `reports.jsonl.2` and so on, and the oldest is deleted. A file that is there at the start is continued.
///
/// It never waits: a daemon thread of its own writes, so that a slow or full disk delays neither callers nor other sinks. At most
/// 1,024 lines wait; what finds no room is counted by [#dropped()], what cannot be written by [#failures()], and the logger
/// `experiment.lab` says when writing begins to fail and when it works again. What is written is handed to the operating system as
/// soon as no line waits; it is not forced to the disk.
public final class JsonLinesSink implements Sink, AutoCloseable {

    private static final Logger LAB = LoggerFactory.getLogger("experiment.lab");
    private static final int CAPACITY = 1024;
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(CAPACITY);
    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final RotatedFile file;
    private final long maxBytes;
    private final boolean matches;
    private final Thread writer;
    private volatile boolean closed;
    private boolean failing;

    private JsonLinesSink(Builder settings) {
        file = new RotatedFile(settings.path, settings.maxBytes, settings.maxFiles);
        maxBytes = settings.maxBytes;
        matches = settings.matches;
        writer = Thread.ofPlatform().daemon().name("experiment-jsonl").start(this::write);
    }

    /// A builder with all defaults.
    ///
    /// @param path of the newest file; its directory is made if it is missing
    public static Builder to(Path path) {
        return new Builder(path);
    }

    @Override
    public void accept(Report report) {
        byte[] line = (report.json() + "\n").getBytes(StandardCharsets.UTF_8);
        if (line.length > maxBytes) {
            failures.increment();
        } else if (closed || !waiting.offer(line)) {
            dropped.increment();
        }
    }

    @Override
    public boolean wantsMatches() {
        return matches;
    }

    /// Lines that have been written.
    public long written() {
        return written.sum();
    }

    /// Reports that found no room, or came after the end.
    public long dropped() {
        return dropped.sum();
    }

    /// Lines that are lost: longer than a file may be, or written together with one that could not be written.
    public long failures() {
        return failures.sum();
    }

    /// Writes what waits, for at most a second, and ends the thread; what is left then counts as dropped. Further calls do
    /// nothing. A laboratory does not close its sinks: close it first, then them.
    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        try {
            writer.join(CLOSING);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        for (byte[] line = waiting.poll(); line != null; line = waiting.poll()) {
            dropped.increment();
        }
    }

    private void write() {
        List<byte[]> lines = new ArrayList<>(CAPACITY);
        while (!closed || !waiting.isEmpty()) {
            try {
                if (waiting.isEmpty()) {
                    byte[] first = waiting.poll(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
                    if (first == null) {
                        continue;
                    }
                    lines.add(first);
                }
            } catch (InterruptedException closing) {
                continue; // only close() interrupts; the loop's condition sees it
            }
            waiting.drainTo(lines);
            append(lines);
            lines.clear();
        }
        file.close();
    }

    private void append(List<byte[]> lines) {
        int done = 0;
        try {
            for (byte[] line : lines) {
                file.append(line);
                done++;
            }
            file.flush();
            written.add(done);
            if (failing) {
                LAB.info("{} can be written again", file);
            }
            failing = false;
        } catch (IOException | RuntimeException failure) {
            failures.add(lines.size());
            file.close();
            if (!failing) {
                LAB.warn("{} cannot be written; reports are lost and counted until it can", file, failure);
            }
            failing = true;
        }
    }

    /// Collects the settings of a sink. Confined to one thread.
    public static final class Builder {

        private final Path path;
        private long maxBytes = 16L * 1024 * 1024;
        private int maxFiles = 4;
        private boolean matches;

        private Builder(Path path) {
            this.path = Objects.requireNonNull(path, "path").toAbsolutePath();
        }

        /// Sets how large one file may become, in bytes, at least 1,024; default 16 MiB.
        public Builder maxBytes(long maxBytes) {
            if (maxBytes < 1024) {
                throw new IllegalArgumentException("maxBytes must be at least 1024: " + maxBytes);
            }
            this.maxBytes = maxBytes;
            return this;
        }

        /// Sets how many files are kept, the newest included, 1 to 1,000; default 4.
        public Builder maxFiles(int maxFiles) {
            if (maxFiles < 1 || maxFiles > 1000) {
                throw new IllegalArgumentException("maxFiles must be 1 to 1000: " + maxFiles);
            }
            this.maxFiles = maxFiles;
            return this;
        }

        /// Sets whether matches are written too; default `false`.
        public Builder matches(boolean wanted) {
            matches = wanted;
            return this;
        }

        /// Starts the sink. The file is opened with the first line.
        public JsonLinesSink start() {
            return new JsonLinesSink(this);
        }
    }
}
