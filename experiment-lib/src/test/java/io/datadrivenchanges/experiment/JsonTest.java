package io.datadrivenchanges.experiment;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class JsonTest {

    @Test
    void keepsBlanksAfterColonsAndCommas() {
        assertThat(
                new Json().open().text("a", "b").key("c").open().number("d", 1).numberOrNull("e", null).close().close())
                .hasToString("{\"a\": \"b\", \"c\": {\"d\": 1, \"e\": null}}");
    }

    @Test
    void keepsAnyTextOnItsLine() {
        assertThat(json("\"\\\n\r\t\0\u001b\u0085\u2028\u2029"))
                .isEqualTo("{\"t\": \"\\\"\\\\\\n\\r\\t\\u0000\\u001b\\u0085\\u2028\\u2029\"}");
    }

    @Test
    void keepsPairsAndEscapesHalves() {
        assertThat(json("é😀\ud83d!\ude00")).isEqualTo("{\"t\": \"é😀\\ud83d!\\ude00\"}");
    }

    @Test
    void writesNullAsNull() {
        assertThat(new Json().open().text("t", null).close()).hasToString("{\"t\": null}");
    }

    @Test
    void cutsLongTextWithoutTearingAPair() {
        assertThat(Json.cut("x".repeat(256))).hasSize(256).doesNotContain("…");
        assertThat(Json.cut("x".repeat(257))).hasSize(256).endsWith("x…");
        assertThat(Json.cut("x".repeat(254) + "😀😀")).isEqualTo("x".repeat(254) + "…");
    }

    private static String json(String text) {
        return new Json().open().text("t", text).close().toString();
    }
}
