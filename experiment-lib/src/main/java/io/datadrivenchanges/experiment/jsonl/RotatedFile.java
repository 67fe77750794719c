package io.datadrivenchanges.experiment.jsonl;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;

/// A file of lines that makes room by renaming itself: `f` → `f.1` → `f.2` … → deleted. Opened by the first line, and anew after
/// a failure. Confined to one thread.
final class RotatedFile {

    private static final int BUFFER = 64 * 1024;

    private final Path path;
    private final long maxBytes;
    private final int maxFiles;
    private @Nullable OutputStream out;
    private long size;

    RotatedFile(Path path, long maxBytes, int maxFiles) {
        this.path = path;
        this.maxBytes = maxBytes;
        this.maxFiles = maxFiles;
    }

    /// Appends a line, into a new file if this one has no room.
    ///
    /// @param line with its line break, not longer than a file may be
    void append(byte[] line) throws IOException {
        OutputStream target = out == null ? open() : out;
        if (size + line.length > maxBytes) {
            target.close();
            out = null;
            rotate();
            target = open();
        }
        target.write(line);
        size += line.length;
    }

    /// Hands what was appended to the operating system.
    void flush() throws IOException {
        if (out != null) {
            out.flush();
        }
    }

    /// Closes the file until the next line.
    void close() {
        OutputStream open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException failure) {
                // It is left because of a failure that is counted already, or with everything flushed.
            }
        }
    }

    private OutputStream open() throws IOException {
        Path directory = path.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        OutputStream opened = new BufferedOutputStream(
                Files.newOutputStream(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND), BUFFER);
        out = opened;
        size = Files.size(path);
        if (size > 0 && !endsWithLineBreak()) {
            opened.write('\n'); // the last line was cut, by a crash or a full disk: it stays alone on its line
            size++;
        }
        return opened;
    }

    private boolean endsWithLineBreak() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(file.length() - 1);
            return file.read() == '\n';
        }
    }

    private void rotate() throws IOException {
        for (int age = maxFiles - 1; age > 0; age--) {
            Path younger = age == 1 ? path : aged(age - 1);
            if (Files.exists(younger)) {
                Files.move(younger, aged(age), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (maxFiles == 1) {
            Files.delete(path);
        }
    }

    private Path aged(int age) {
        return path.resolveSibling(path.getFileName() + "." + age);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
