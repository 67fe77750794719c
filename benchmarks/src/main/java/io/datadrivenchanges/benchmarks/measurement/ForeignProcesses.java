package io.datadrivenchanges.benchmarks.measurement;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What every process of the machine but this one and its descendants has used of the CPU so far; threads of the kernel are processes, too.
record ForeignProcesses(Map<Long, Used> byId) {
    private static final Path PROC = Path.of("/proc");
    /// In the file of a process, counted from its state: user and system time, then those of its ended children.
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int CHILDREN_USER = 13;
    private static final int CHILDREN_SYSTEM = 14;

    /// @param own      its own, in ticks of the kernel
    /// @param children those of its children that have ended
    record Used(String name, long own, long children) {
        /// @param stat the file of a process
        static Used parse(String stat) {
            // The name may hold anything, brackets and spaces included.
            int end = stat.lastIndexOf(')');
            String[] fields = stat.substring(end + 2).split(" ", -1);
            return new Used(stat.substring(stat.indexOf('(') + 1, end),
                    Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]),
                    Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_SYSTEM]));
        }
    }

    static ForeignProcesses now() {
        Set<Long> own = own();
        var used = new HashMap<Long, Used>();
        try (Stream<Path> folders = Files.list(PROC)) {
            folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> name.chars().allMatch(Character::isDigit))
                    .map(Long::valueOf).filter(id -> !own.contains(id))
                    .forEach(id -> read(id).ifPresent(one -> used.put(id, one)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ForeignProcesses(used);
    }

    /// Those that are not foreign: this process and its descendants.
    static Set<Long> own() {
        var self = ProcessHandle.current();
        return Stream.concat(Stream.of(self), self.descendants()).map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    static Path folder(long id) {
        return PROC.resolve(Long.toString(id));
    }

    /// Empty if it has ended.
    private static Optional<Used> read(long id) {
        try {
            return Optional.of(Used.parse(Files.readString(folder(id).resolve("stat"))));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// What they have used since then, in ticks. A process that has ended since goes on in what its parent has of its children.
    long since(ForeignProcesses before) {
        return Math.max(0, total() - before.total());
    }

    private long total() {
        return byId.values().stream().mapToLong(used -> used.own() + used.children()).sum();
    }

    /// Name of the process that has used most since then; empty if none has used anything.
    String busiestSince(ForeignProcesses before) {
        return byId.entrySet().stream().filter(one -> since(before, one) > 0)
                .max(Comparator.comparingLong(one -> since(before, one))).map(one -> one.getValue().name()).orElse("");
    }

    private static long since(ForeignProcesses before, Map.Entry<Long, Used> one) {
        Used earlier = before.byId.get(one.getKey());
        return one.getValue().own() - (earlier == null ? 0 : earlier.own());
    }
}
