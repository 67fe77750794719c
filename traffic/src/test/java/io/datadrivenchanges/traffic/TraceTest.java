package io.datadrivenchanges.traffic;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;

import io.datadrivenchanges.traffic.Plan.Planned;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TraceTest {
    private static final String HEADER = "delivered_at,courier_id,delivery_id,rating,on_time,fee\n";
    private static final String ROWS = HEADER + """
            2011-01-01T12:57:00Z,2178,8683,,true,
            2011-01-01T13:57:00Z,3263,6421,,false,
            2011-01-01T13:57:00Z,2178,6422,,true,
            """;

    @TempDir
    Path folder;

    @Test
    void readsDeliveriesInTheirOrder() throws IOException {
        List<Planned> planned = read(ROWS, Long.MAX_VALUE, 1, Double.POSITIVE_INFINITY);

        assertThat(planned).extracting(Planned::delivery)
                .containsExactly(Delivery.of("t-8683", 2178, true),
                        Delivery.of("t-6421", 3263, false),
                        Delivery.of("t-6422", 2178, true));
    }

    @Test
    void dividesTimeBySpeed() throws IOException {
        List<Planned> planned = read(ROWS, Long.MAX_VALUE, 3_600, Double.POSITIVE_INFINITY);

        assertThat(planned).extracting(Planned::offsetNanos).containsExactly(0L, 1_000_000_000L, 1_000_000_000L);
    }

    @Test
    void staysInOrderHoweverSlowItIs() throws IOException {
        String ages = HEADER + """
                -999999999-01-01T00:00:00Z,1,1,,true,
                2011-01-01T13:57:00Z,1,2,,true,
                +999999999-01-01T00:00:00Z,1,3,,true,
                """;

        assertThat(read(ages, Long.MAX_VALUE, Double.MIN_VALUE, Double.MIN_VALUE)).extracting(Planned::offsetNanos)
                .containsExactly(0L, Planned.NEVER, Planned.NEVER);
        assertThat(read(ages, Long.MAX_VALUE, 3_600, Double.POSITIVE_INFINITY)).extracting(Planned::offsetNanos)
                .isSorted();
    }

    @Test
    void keepsToTheRate() throws IOException {
        List<Planned> planned = read(ROWS, Long.MAX_VALUE, 1e6, 10);

        assertThat(planned).extracting(Planned::offsetNanos)
                .containsExactly(0L, Duration.ofMillis(100).toNanos(), Duration.ofMillis(200).toNanos());
    }

    @Test
    void endsAtTheLimit() throws IOException {
        assertThat(read(ROWS, 2, 1, Double.POSITIVE_INFINITY)).hasSize(2);
    }

    @Test
    void drawsTheAmountFromTheDeliveryId() throws IOException {
        assertThat(read(ROWS, Long.MAX_VALUE, 1, Double.POSITIVE_INFINITY))
                .allSatisfy(planned -> assertThat(planned.delivery().cents()).isBetween(400L, 1_399L));
        assertThat(new Delivery("t-1", 7, true, 405).payment())
                .isEqualTo("{\"deliveryId\":\"t-1\",\"courierId\":7,\"amount\":4.05}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "2011-01-01 12:57,2178,8683,,true, | delivered_at \"2011-01-01 12:57\" is not a UTC time",
            "2011-01-01T12:57:00Z,0,8683,,true, | courier_id \"0\" does not match",
            "2011-01-01T12:57:00Z,12345678901234567,8683,,true, | courier_id",
            "2011-01-01T12:57:00Z,2178,a b,,true, | delivery_id \"a b\" does not match",
            "2011-01-01T12:57:00Z,2178,8683,,yes, | on_time \"yes\" is neither true nor false",
            "2011-01-01T12:57:00Z,2178,8683 | is missing, or the line has too many",
    })
    void saysWhatIsWrongAtWhichLine(String row, String sentence) {
        assertThatThrownBy(() -> read(HEADER + row, 10, 1, 1)).isInstanceOf(TrafficException.class)
                .hasMessageContaining("line 2")
                .hasMessageContaining(sentence);
    }

    @Test
    void refusesDeliveriesOutOfOrder() {
        String rows = HEADER + "2011-01-02T00:00:00Z,1,1,,true,\n2011-01-01T00:00:00Z,1,2,,true,\n";

        assertThatThrownBy(() -> read(rows, 10, 1, 1)).hasMessageContaining("line 3")
                .hasMessageContaining("earlier than the line before");
    }

    @Test
    void refusesADeliveryThatOccursTwice() {
        String rows = HEADER + "2011-01-01T00:00:00Z,1,1,,true,\n2011-01-01T00:00:00Z,2,1,,true,\n";

        assertThatThrownBy(() -> read(rows, 10, 1, 1)).hasMessageContaining("line 3").hasMessageContaining("twice");
    }

    @Test
    void refusesWhatIsNoTrace() throws IOException {
        assertThatThrownBy(() -> Trace.read(folder.resolve("none.csv.gz"), 1, 1, 1))
                .hasMessageContaining("There is no");
        assertThatThrownBy(() -> read("a,b\n1,2\n", 1, 1, 1)).hasMessageContaining("no column delivered_at");
        assertThatThrownBy(() -> read(HEADER, 1, 1, 1)).hasMessageContaining("has no delivery");
        Path plain = Files.writeString(folder.resolve("plain.csv"), ROWS);
        assertThatThrownBy(() -> Trace.read(plain, 1, 1, 1)).hasMessageContaining("not packed with gzip");
        Path empty = Files.createFile(folder.resolve("empty.csv.gz"));
        assertThatThrownBy(() -> Trace.read(empty, 1, 1, 1)).hasMessageContaining("cannot be read");
    }

    private List<Planned> read(String text, long limit, double speed, double rate) throws IOException {
        Path file = folder.resolve("trace.csv.gz");
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        Plan plan = Trace.read(file, limit, speed, rate);
        List<Planned> planned = new ArrayList<>();
        plan.deliveries().forEachRemaining(planned::add);
        assertThat(plan.total()).hasValue(planned.size());
        return planned;
    }
}
