package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PitfallsDocumentTest {
    private static final Pattern TEST = Pattern.compile("`(\\w+(?:IT|Test))(?:\\.(\\w+))?`");

    @Test
    void namesTestsThatExist() throws IOException {
        List<MatchResult> named = TEST.matcher(Files.readString(Path.of("../docs/pitfalls.md"))).results().toList();

        assertThat(named).hasSizeGreaterThan(50).allSatisfy(name -> {
            String method = name.group(2) == null ? "" : "void " + name.group(2) + "(";
            assertThat(sources(name.group(1))).as("%s", name.group()).anyMatch(source -> source.contains(method));
        });
    }

    /// The text of each test class of that name, whatever its module.
    private static List<String> sources(String type) throws IOException {
        try (Stream<Path> modules = Files.list(Path.of(".."))) {
            return modules.map(module -> module.resolve("src/test/java")).filter(Files::isDirectory)
                    .flatMap(PitfallsDocumentTest::files)
                    .filter(file -> file.getFileName().toString().equals(type + ".java"))
                    .map(PitfallsDocumentTest::text).toList();
        }
    }

    private static Stream<Path> files(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
