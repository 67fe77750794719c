package io.datadrivenchanges.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The record of what this JVM has started and would leave behind if it were killed outright.
///
/// One small file per JVM, in a folder of the user's below the temporary folder, named after the JVM's process id and start
/// time; one line per child process or folder. Whoever starts next ends the processes of the JVMs that are gone and deletes
/// their folders. A process is ours only if id *and* start time agree, since ids are used again. Thread-safe.
final class Leftovers {
    /// Start times read from the operating system may differ by a clock adjustment.
    private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

    private static final int MAX_TRIES = 100;

    private static final Leftovers OF_THIS_JVM = new Leftovers(
            Path.of(System.getProperty("java.io.tmpdir"), "data-driven-changes-" + System.getProperty("user.name")));

    private final Path home;
    private final Path own;
    private boolean swept;

    Leftovers(Path home) {
        this.home = home;
        this.own = home.resolve(line(ProcessHandle.current()).replace(' ', '-'));
    }

    static Leftovers ofThisJvm() {
        return OF_THIS_JVM;
    }

    /// Ends what dead JVMs have left behind. Called before anything is started; only the first call does something.
    synchronized void sweep() {
        if (swept) {
            return;
        }
        swept = true;
        if (!Files.isDirectory(home)) {
            return;
        }
        try (var files = Files.list(home)) {
            files.filter(file -> find(file.getFileName().toString().replace('-', ' ')).isEmpty())
                    .forEach(Leftovers::end);
        } catch (NoSuchFileException _) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        deleteHomeIfEmpty();
    }

    synchronized void add(ProcessHandle child) {
        append("process " + line(child));
    }

    synchronized void add(Path folder) {
        append("folder " + folder.toAbsolutePath());
    }

    /// Forgets a child that has ended or a folder that is deleted.
    synchronized void remove(ProcessHandle child) {
        drop("process " + child.pid() + " ");
    }

    synchronized void remove(Path folder) {
        drop("folder " + folder.toAbsolutePath());
    }

    private static void end(Path file) {
        try {
            for (String line : Files.readAllLines(file)) {
                if (line.startsWith("process ")) {
                    find(line.substring("process ".length())).ifPresent(Child::killTree);
                } else if (line.startsWith("folder ")) {
                    Folders.delete(Path.of(line.substring("folder ".length())));
                }
            }
            Files.deleteIfExists(file);
        } catch (NoSuchFileException _) {
            // Another JVM of this user was faster.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(ProcessHandle process) {
        return process.pid() + " " + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    private static Optional<ProcessHandle> find(String line) {
        String[] parts = line.split(" ", -1);
        if (parts.length != 2) {
            return Optional.empty();
        }
        Instant start = Instant.ofEpochMilli(Long.parseLong(parts[1]));
        return ProcessHandle.of(Long.parseLong(parts[0]))
                .filter(ProcessHandle::isAlive)
                .filter(p -> p.info()
                        .startInstant()
                        .map(s -> Duration.between(s, start).abs().compareTo(START_TOLERANCE) <= 0)
                        .orElse(false));
    }

    private void append(String line) {
        for (int tries = 1;; tries++) {
            try {
                createHome();
                Files.writeString(own, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                return;
            } catch (NoSuchFileException | FileAlreadyExistsException e) {
                // Another JVM of this user has made or removed the folder in the same moment.
                if (tries == MAX_TRIES) {
                    throw new UncheckedIOException(e);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void drop(String prefix) {
        if (!Files.exists(own)) {
            return;
        }
        try {
            List<String> rest = Files.readAllLines(own)
                    .stream()
                    .filter(line -> !line.startsWith(prefix))
                    .toList();
            if (rest.isEmpty()) {
                Files.delete(own);
                deleteHomeIfEmpty();
            } else {
                Files.write(own, rest);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void createHome() throws IOException {
        if (!Files.isDirectory(home)) {
            Files.createDirectories(home.toAbsolutePath().getParent());
            Files.createDirectory(home,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    private void deleteHomeIfEmpty() {
        try {
            Files.deleteIfExists(home);
        } catch (IOException _) {
            // Another JVM of this user has something running.
        }
    }
}
