package io.datadrivenchanges.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// The list of requirements names a test for each, and the tests exist.
class ConformanceDocumentTest {

    private static final int REQUIREMENTS = 118;
    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| .+ \\| (.+) \\|");
    private static final Pattern TEST = Pattern.compile("`(\\w+)\\.(c\\w+)`");

    private final List<String> rows = rows();

    private static List<String> rows() {
        try (Stream<String> lines = Files.lines(Path.of("../docs/experiment-lib-conformance.md"))) {
            return lines.filter(line -> ROW.matcher(line).matches()).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String number(String row) {
        Matcher matcher = ROW.matcher(row);
        assertThat(matcher.matches()).isTrue();
        return matcher.group(1);
    }

    @Test
    void namesEveryRequirementOnce() {
        assertThat(rows.stream().map(ConformanceDocumentTest::number).map(Integer::valueOf))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, REQUIREMENTS).boxed().toList());
    }

    @Test
    void everyNamedTestExistsAndIsNamedAfterTheRequirement() throws ClassNotFoundException {
        for (String row : rows) {
            String number = "c" + String.format(Locale.ROOT, "%03d", Integer.valueOf(number(row)));
            Matcher tests = TEST.matcher(row);
            boolean named = false;
            while (tests.find()) {
                named = true;
                Class<?> type = Class.forName("io.datadrivenchanges.experiment." + tests.group(1));
                assertThat(Arrays.stream(type.getDeclaredMethods())).as(row)
                        .anyMatch(method -> method.getName().equals(tests.group(2)));
                assertThat(List.of(tests.group(2).split("_"))).as(row).contains(number);
            }
            assertThat(named).as("no test: %s", row).isTrue();
        }
    }
}
