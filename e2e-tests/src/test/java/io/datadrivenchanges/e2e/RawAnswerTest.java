package io.datadrivenchanges.e2e;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RawAnswerTest {
    private static final String BAD = "HTTP/1.1 400 \r\nContent-Length: 14\r\n\r\n{\"status\":400}";

    @Test
    void readsTheFirstOfSeveralAnswers() {
        RawAnswer answer = RawAnswer.of(BAD + BAD);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("status").intValue()).isEqualTo(400);
    }

    @Test
    void readsBehindAnInterimAnswer() {
        assertThat(RawAnswer.of("HTTP/1.1 100 \r\n\r\n" + BAD).status()).isEqualTo(400);
    }

    @Test
    void knowsThatNothingCame() {
        assertThat(RawAnswer.of("").status()).isZero();
    }
}
