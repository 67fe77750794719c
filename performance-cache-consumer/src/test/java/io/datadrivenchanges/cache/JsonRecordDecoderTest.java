package io.datadrivenchanges.cache;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static io.datadrivenchanges.cache.TopicRecord.NO_COMMIT_TIME;
import static org.assertj.core.api.Assertions.assertThat;

class JsonRecordDecoderTest {
    private static final long GENERATION = 1767225600;

    private final JsonRecordDecoder decoder = new JsonRecordDecoder();

    @Test
    void readsThePinnedRecords() {
        assertThat(GoldenRecord.all()).map(golden -> decode(golden.key(), golden.value())).containsExactly(
                new TopicRecord.Marker(GENERATION, false, 0),
                new TopicRecord.Change(GENERATION, 1, PerformanceLevel.NORMAL, 1, NO_COMMIT_TIME),
                new TopicRecord.Change(GENERATION, 42, PerformanceLevel.HIGH, 6, NO_COMMIT_TIME),
                new TopicRecord.Marker(GENERATION, true, 2),
                new TopicRecord.Heartbeat(GENERATION, micros("2026-01-01T00:00:01.500123Z")),
                new TopicRecord.Change(GENERATION, 42, PerformanceLevel.OUTSTANDING, 7,
                        micros("2026-01-01T00:00:02.000412Z")),
                new TopicRecord.Change(GENERATION, Long.MAX_VALUE, PerformanceLevel.NORMAL, 1,
                        micros("2026-01-01T00:00:03.100256Z")));
    }

    @Test
    void skipsWhatALaterPublisherAdds() {
        assertThat(decode("42",
                """
                        {"new":{"version":99,"list":[1,{"generation":3}]},"schema":1,"generation":5,"courierId":42,
                         "performance":"HIGH","version":7,"status":null}"""))
                .isEqualTo(new TopicRecord.Change(5, 42, PerformanceLevel.HIGH, 7, NO_COMMIT_TIME));
        assertThat(decode("@later", "anything")).isEqualTo(new TopicRecord.Foreign());
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "null", "[]", "42", "not json", "{", "{\"schema\":1", "{} {}", "{}",
            """
                    {"schema":2,"generation":5,"courierId":42,"performance":"HIGH","version":7}""",
            """
                    {"generation":5,"courierId":42,"performance":"HIGH","version":7}""",
            """
                    {"schema":1,"courierId":42,"performance":"HIGH","version":7}""",
            """
                    {"schema":1,"generation":5,"performance":"HIGH","version":7}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"version":7}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH"}""",
            """
                    {"schema":1,"generation":5,"courierId":43,"performance":"HIGH","version":7}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"high","version":7}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"STELLAR","version":7}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":null,"version":7}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":1,"version":7}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":0}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":-7}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":7.5}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":"7"}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":9223372036854775808}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":7,"version":8}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":7,"committedAt":"today"}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":7,"committedAt":17}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":7,\
                    "committedAt":"1969-12-31T23:59:59.999999Z"}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":7,\
                    "committedAt":"+10000-01-01T00:00:00.000000Z"}""",
            """
                    {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":7} trailing"""})
    void refusesAChangeThatIsNotExactlyRight(String value) {
        assertThat(decode("42", value)).isInstanceOfSatisfying(TopicRecord.MalformedChange.class,
                malformed -> assertThat(malformed.courierId()).isEqualTo(42));
    }

    @Test
    void findsGenerationAndVersionBehindTheFault() {
        assertThat(decode("42", """
                {"schema":2,"performance":"STELLAR","generation":5,"courierId":42,"version":7}""")).isEqualTo(
                new TopicRecord.MalformedChange(42, 5, 7, "schema is newer than 1"));
    }

    @Test
    void reliesOnNothingInAValueThatIsNoJson() {
        assertThat(decode("42", """
                {"schema":1,"generation":5,"version":7,""")).isEqualTo(
                new TopicRecord.MalformedChange(42, 0, 0, "value is no JSON"));
    }

    @Test
    void refusesATombstone() {
        assertThat(decode("42", null)).isEqualTo(new TopicRecord.MalformedChange(42, 0, 0, "value is null"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "042", "-1", "+1", "1 ", "x", "1.0", "9223372036854775808",
            "99999999999999999999"})
    void refusesAKeyThatIsNoCourier(String key) {
        assertThat(decode(key, """
                {"schema":1,"generation":5,"courierId":42,"performance":"HIGH","version":7}""")).isEqualTo(
                new TopicRecord.MalformedKey(5, "key is no courier id"));
        assertThat(decode(key, "?")).isInstanceOf(TopicRecord.MalformedKey.class);
    }

    @Test
    void refusesAMissingKey() {
        assertThat(decode(null, null)).isInstanceOf(TopicRecord.MalformedKey.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?",
            """
                    {"schema":1,"generation":5}""",
            """
                    {"schema":1,"generation":5,"committedAt":"soon"}""",
            """
                    {"schema":1,"generation":5,"state":"PAUSED","couriers":1}""",
            """
                    {"schema":1,"generation":5,"state":"COMPLETE","couriers":-1}""",
            """
                    {"schema":3,"generation":5,"state":"COMPLETE","couriers":1,"committedAt":"2026-01-01T00:00:00Z"}"""})
    void refusesAControlRecordThatIsNotExactlyRight(String value) {
        assertThat(decode("@heartbeat", value)).isInstanceOf(TopicRecord.MalformedControl.class);
        assertThat(decode("@generation", value)).isInstanceOf(TopicRecord.MalformedControl.class);
        assertThat(decode("@heartbeat", null)).isInstanceOf(TopicRecord.MalformedControl.class);
    }

    private TopicRecord decode(@Nullable String key, @Nullable String value) {
        return decoder.decode(bytes(key), bytes(value));
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }
}
