package io.datadrivenchanges.incentives;

import java.sql.SQLException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DatabaseRulesIT {
    private static final String DENIED = "42501";
    private static final String REFUSED = "55000";

    @BeforeAll
    static void migrate() throws Exception {
        try (var incentives = RunningIncentives.start()) {
            incentives.http().put(2001, "HIGH");
        }
    }

    @AfterAll
    static void rowIsUntouched() throws Exception {
        assertThat(text("perf_cdc", "SELECT performance || version FROM courier_performance WHERE courier_id = 2001"))
                .isEqualTo("HIGH1");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            incentives_app | DELETE FROM courier_performance
            incentives_app | TRUNCATE courier_performance
            incentives_app | SELECT * FROM cdc_heartbeat
            incentives_app | CREATE TABLE mine (id int)
            incentives_app | DROP TABLE courier_performance
            incentives_app | ALTER TABLE courier_performance DISABLE TRIGGER ALL
            perf_cdc       | UPDATE courier_performance SET performance = 'NORMAL'
            perf_cdc       | INSERT INTO cdc_heartbeat VALUES (1, 1, now())
            perf_cdc       | DELETE FROM cdc_heartbeat
            perf_cdc       | CREATE TABLE mine (id int)
            """)
    void deniesWhatARoleDoesNotNeed(String role, String statement) {
        assertThatThrownBy(() -> run(role, statement)).extracting("SQLState").isEqualTo(DENIED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            UPDATE courier_performance SET performance = 'NORMAL'
            UPDATE courier_performance SET performance = 'NORMAL', version = version + 2
            UPDATE courier_performance SET performance = 'NORMAL', version = version - 1
            UPDATE courier_performance SET version = version + 1
            UPDATE courier_performance SET updated_at = now()
            UPDATE courier_performance SET courier_id = courier_id + 1
            INSERT INTO courier_performance (courier_id, performance, version) VALUES (2002, 'HIGH', 2)
            """)
    void refusesAnyOtherStepOfTheVersion(String statement) {
        assertThatThrownBy(() -> run("incentives_app", statement)).extracting("SQLState").isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            DELETE FROM courier_performance
            TRUNCATE courier_performance
            """)
    void keepsCouriersEvenFromTheOwner(String statement) {
        assertThatThrownBy(() -> run("incentives_migrator", statement)).extracting("SQLState").isEqualTo(REFUSED);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            INSERT INTO courier_performance (courier_id, performance, version) VALUES (0, 'HIGH', 1)
            INSERT INTO courier_performance (courier_id, performance, version) VALUES (2003, 'GREAT', 1)
            """)
    void checksValues(String statement) {
        assertThatThrownBy(() -> run("incentives_app", statement)).extracting("SQLState").isEqualTo("23514");
    }

    @Test
    void letsThePublisherBeatAndRead() throws Exception {
        run("perf_cdc", "UPDATE cdc_heartbeat SET beat = beat + 1, beat_at = clock_timestamp()");

        assertThat(text("perf_cdc", "SELECT count(*)::text FROM cdc_heartbeat WHERE beat > 0")).isEqualTo("1");
    }

    @Test
    void publishesExactlyTheAgreedColumns() throws Exception {
        assertThat(text("perf_cdc", """
                SELECT string_agg(tablename || array_to_string(attnames, ','), ' ' ORDER BY tablename)
                FROM pg_publication_tables WHERE pubname = 'courier_performance_pub'"""))
                .isEqualTo("cdc_heartbeatid,beat,beat_at courier_performancecourier_id,performance,version,updated_at");
    }

    @Test
    void boundsWhatTheServiceMayWaitFor() throws Exception {
        assertThat(text("incentives_app", "SHOW statement_timeout")).isEqualTo("2s");
        assertThat(text("incentives_app", "SHOW lock_timeout")).isEqualTo("1s");
        assertThat(text("incentives_app", "SHOW idle_in_transaction_session_timeout")).isEqualTo("5s");
    }

    private static void run(String role, String statement) throws SQLException {
        try (var connection = RunningIncentives.connect(role); var sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    private static String text(String role, String query) throws SQLException {
        try (var connection = RunningIncentives.connect(role);
                var result = connection.createStatement().executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }
}
