package io.datadrivenchanges.incentives;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class PerformanceIT {
    private static RunningIncentives incentives;
    private static Http http;

    @BeforeAll
    static void start() {
        incentives = RunningIncentives.start();
        http = incentives.http();
    }

    @AfterAll
    static void stop() {
        incentives.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "POST"})
    void countsChangesOfOneCourier(String method) throws Exception {
        String path = "/incentives/performance/" + (method.equals("PUT") ? 1001 : 1002);

        var first = http.write(method, path, "{\"performance\":\"HIGH\"}");
        var second = http.write(method, path, "{\"performance\":\"OUTSTANDING\"}");
        var read = http.get(path);

        assertThat(first.status()).isEqualTo(200);
        assertThat(first.json().get("version").asLong()).isEqualTo(1);
        assertThat(second.json().get("version").asLong()).isEqualTo(2);
        assertThat(read.body()).isEqualTo(second.body());
        assertThat(read.header("Cache-Control")).isEqualTo("no-store");
        assertThat(read.header("Content-Type")).isEqualTo("application/json");
    }

    @Test
    void answersWithTheAgreedFields() throws Exception {
        var answer = http.put(1003, "HIGH");

        assertThat(answer.body()).matches(
                "\\{\"courierId\":1003,\"performance\":\"HIGH\",\"version\":1,\"updatedAt\":\"[0-9T:.-]+Z\"}");
    }

    @Test
    void writesNothingWhenTheLevelStays() throws Exception {
        var first = http.put(1004, "NORMAL");
        String transaction = writtenBy(1004);

        var again = http.put(1004, "NORMAL");

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(writtenBy(1004)).isEqualTo(transaction);
    }

    /// The transaction that wrote the row version: another one would be another change event.
    private static String writtenBy(long courier) throws Exception {
        try (var owner = RunningIncentives.connect("incentives_migrator");
                var query = owner.createStatement().executeQuery(
                        "SELECT xmin::text || ctid::text FROM courier_performance WHERE courier_id = " + courier)) {
            query.next();
            return query.getString(1);
        }
    }

    @Test
    void saysThatACourierIsUnknown() throws Exception {
        var answer = http.get("/incentives/performance/9007199254740991");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json;charset=UTF-8");
        assertThat(answer.json().get("type").asString()).isEqualTo("/problems/courier-unknown");
        assertThat(answer.json().get("requestId").asString()).isEqualTo(answer.header("X-Request-Id"));
    }

    @Test
    void pagesThroughAllCouriersInTheOrderOfTheirIds() throws Exception {
        long first = 5_000_000_000_000_000L;
        for (long courier = first; courier < first + 5; courier++) {
            assertThat(http.put(courier, "HIGH").status()).isEqualTo(200);
        }
        var found = new ArrayList<Long>();
        var pages = new ArrayList<Integer>();

        for (long after = first - 1; pages.isEmpty() || pages.getLast() == 2; after = found.getLast()) {
            var page = http.get("/incentives/performance?limit=2&after=" + after);
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.header("Cache-Control")).isEqualTo("no-store");
            page.json().get("performances").forEach(row -> found.add(row.get("courierId").asLong()));
            pages.add(page.json().get("performances").size());
        }

        assertThat(found).containsExactly(first, first + 1, first + 2, first + 3, first + 4);
        assertThat(pages).containsExactly(2, 2, 1);
        var one = http.get("/incentives/performance?limit=1&after=" + first);
        assertThat(one.body()).isEqualTo(
                "{\"performances\":[" + http.get("/incentives/performance/" + (first + 1)).body() + "]}");
        assertThat(http.get("/incentives/performance?after=9007199254740991").body())
                .isEqualTo("{\"performances\":[]}");
    }

    @Test
    void beginsWithTheFirstCourierAndShowsAHundredUnlessToldOtherwise() throws Exception {
        long before = 6_000_000_000_000_000L;
        long least;
        try (var app = RunningIncentives.connect("incentives_app"); var sql = app.createStatement()) {
            sql.execute("INSERT INTO courier_performance (courier_id, performance, version) SELECT " + before
                    + " + n, 'NORMAL', 1 FROM generate_series(1, 101) AS n");
            try (var query = sql.executeQuery("SELECT min(courier_id) FROM courier_performance")) {
                query.next();
                least = query.getLong(1);
            }
        }

        var page = http.get("/incentives/performance?after=" + before).json().get("performances");

        assertThat(page.size()).isEqualTo(100);
        assertThat(page.get(99).get("courierId").asLong()).isEqualTo(before + 100);
        assertThat(http.get("/incentives/performance").json().at("/performances/0/courierId").asLong())
                .isEqualTo(least);
    }

    @Test
    void addsExactlyOnePerChangeWhenWritersCompete() throws Exception {
        int writers = 8;
        int writes = 40;
        var versions = new ArrayList<Long>();

        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<Future<List<Long>>>();
            for (int writer = 0; writer < writers; writer++) {
                int offset = writer;
                running.add(executor.submit(() -> writeAlternating(offset, writes)));
            }
            for (var writer : running) {
                var seen = writer.get();
                assertThat(seen).isSorted();
                versions.addAll(seen);
            }
        }

        long last = http.get("/incentives/performance/1005").json().get("version").asLong();
        assertThat(versions).hasSize(writers * writes);
        assertThat(versions.stream().distinct().sorted().toList()).first().isEqualTo(1L);
        assertThat(versions.stream().distinct().count()).isEqualTo(last);
    }

    private static List<Long> writeAlternating(int offset, int writes) throws Exception {
        var levels = new String[]{"NORMAL", "HIGH", "OUTSTANDING"};
        var seen = new ArrayList<Long>();
        for (int i = 0; i < writes; i++) {
            seen.add(http.put(1005, levels[(offset + i) % levels.length]).json().get("version").asLong());
        }
        return seen;
    }

    @Test
    void tellsWhetherItIsReadyAndAlive() throws Exception {
        var readiness = http.get("/actuator/health/readiness");

        assertThat(readiness.status()).isEqualTo(200);
        assertThat(readiness.json().at("/components/db/status").asString()).isEqualTo("UP");
        assertThat(http.get("/actuator/health/liveness").status()).isEqualTo(200);
        assertThat(http.get("/actuator/env").status()).isEqualTo(404);
    }

    @Test
    void countsWritesByResult() throws Exception {
        http.put(1006, "HIGH");

        assertThat(http.get("/actuator/prometheus").body())
                .contains("incentives_performance_writes_total{result=\"created\"}")
                .contains("http_permits_available{kind=\"write\"} 64.0");
    }
}
