package io.datadrivenchanges.http;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LogSafeTest {
    @Test
    void keepsPlainText() {
        assertThat(LogSafe.quote("d-1:x")).isEqualTo("\"d-1:x\"");
    }

    @Test
    void escapesWhateverCouldForgeALine() {
        assertThat(LogSafe.quote("a\r\n\"\\\u0000\u2028é")).isEqualTo("\"a\\r\\n\\\"\\\\\\u0000\\u2028\\u00e9\"");
    }

    @Test
    void staysWithinAHundredCharacters() {
        assertThat(LogSafe.quote("x".repeat(98))).hasSize(100).doesNotContain("…");
        assertThat(LogSafe.quote("x".repeat(5000))).hasSize(100).endsWith("…\"");
        assertThat(LogSafe.quote("\u0001".repeat(5000))).hasSizeLessThanOrEqualTo(100);
    }
}
