package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/// `docs/configuration.md` names the keys and defaults that the code has, no more and no less.
class ConfigurationDocumentTest {
    private static final List<String> OURS = List.of("payments.", "experiment.", "performance.", "strict-http.",
            "security.");
    private static final Path DOCUMENT = Path.of("../docs/configuration.md");

    @Test
    void namesEveryKeyWithItsDefault() throws IOException {
        Set<String> documented = Files.readAllLines(DOCUMENT).stream()
                .filter(line -> OURS.stream().anyMatch(prefix -> line.startsWith("| `" + prefix)))
                .map(line -> line.substring(0, line.indexOf('|', line.indexOf('|', 1) + 1) + 1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(documented).isEqualTo(declared());
    }

    private static Set<String> declared() throws IOException {
        Set<String> rows = new TreeSet<>();
        var mapper = new JsonMapper();
        for (URL metadata : Collections.list(ConfigurationDocumentTest.class.getClassLoader()
                .getResources("META-INF/spring-configuration-metadata.json"))) {
            try (InputStream json = metadata.openStream()) {
                for (JsonNode property : mapper.readTree(json).path("properties")) {
                    String key = property.path("name").stringValue();
                    // Boot's own keys of our actuator endpoints are declared by our classes, too.
                    boolean ours = property.path("sourceType").asString("").startsWith("io.datadrivenchanges.")
                            && !key.startsWith("management.");
                    if (ours && !property.path("type").asString("").startsWith("java.util.Map")) {
                        rows.add("| `" + key + "` | " + shown(property.path("defaultValue")) + " |");
                    }
                }
            }
        }
        return rows;
    }

    private static String shown(JsonNode value) {
        String text = value.isArray()
                ? StreamSupport.stream(value.spliterator(), false).map(JsonNode::asString)
                        .collect(Collectors.joining(","))
                : value.asString("");
        return text.isEmpty() ? "none" : "`" + text + "`";
    }
}
