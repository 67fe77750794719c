package io.datadrivenchanges.publisher;

import java.sql.SQLException;

import io.datadrivenchanges.publisher.Failure.Kind;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class FailureTest {
    @Test
    void findsTheCauseThatMattersMost() {
        assertThat(Failure.of(new RuntimeException(new SQLException("gone\nDetail: x", "57P01"))))
                .isEqualTo(new Failure(Kind.RETRY, "PostgreSQL: gone", true));
        assertThat(Failure.of(new KafkaException("in an error state", new InvalidProducerEpochException("old"))))
                .isEqualTo(new Failure(Kind.FENCED, "Kafka: another publisher took over", true));
        assertThat(Failure.of(new RuntimeException(new GenerationNeededException(Reason.ROW_DELETED))).kind())
                .isEqualTo(Kind.GENERATION);
        assertThat(Failure.of(new RuntimeException(new OutOfMemoryError())).kind()).isEqualTo(Kind.FATAL);
    }

    @Test
    void tellsWhereAPersonIsNeeded() {
        assertThat(Failure.of(new SQLException("denied", "28P01")).kind()).isEqualTo(Kind.PERSON);
        assertThat(Failure.of(new SQLException("denied", "42501")).kind()).isEqualTo(Kind.PERSON);
        assertThat(Failure.of(new TopicAuthorizationException("topic")).kind()).isEqualTo(Kind.PERSON);
        assertThat(Failure.of(new NeedsPersonException("wal_level")).kind()).isEqualTo(Kind.PERSON);
        assertThat(Failure.of(new NotYetException("later")).kind()).isEqualTo(Kind.RETRY);
    }

    @Test
    void keepsTheTraceOfWhatItDoesNotKnow() {
        assertThat(Failure.of(new IllegalStateException())).isEqualTo(
                new Failure(Kind.RETRY, "IllegalStateException", false));
    }
}
