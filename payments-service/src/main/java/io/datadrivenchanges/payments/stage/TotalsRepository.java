package io.datadrivenchanges.payments.stage;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.datadrivenchanges.experiment.verdict.Fleet;
import io.datadrivenchanges.experiment.verdict.Totals;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What each instance has counted, one row for each of its epochs. Every method but the first [#save] of an epoch is one statement
/// in autocommit, and each statement waits no longer than a second for the database once it has a connection. Thread-safe.
@Component
final class TotalsRepository {
    private static final int MAX_SECONDS = 1;
    /// Generations of an experiment that are kept, by when they were saved last: the present one, and some to look back at.
    private static final int KEPT_GENERATIONS = 16;

    private static final String OVERWRITE = """
            UPDATE experiment_totals SET totals = :totals, saved_at = transaction_timestamp()
            WHERE experiment = :experiment AND generation = :generation AND instance = :instance AND epoch = :epoch""";

    private static final String ADD = """
            INSERT INTO experiment_totals (experiment, generation, instance, epoch, totals)
            VALUES (:experiment, :generation, :instance, :epoch, :totals)
            ON CONFLICT ON CONSTRAINT experiment_totals_key
            DO UPDATE SET totals = EXCLUDED.totals, saved_at = transaction_timestamp()""";

    private static final String FORGET = """
            DELETE FROM experiment_totals WHERE experiment = :experiment AND generation NOT IN (
                SELECT generation FROM experiment_totals WHERE experiment = :experiment
                GROUP BY generation ORDER BY max(saved_at) DESC, generation LIMIT :kept)""";

    private static final String FLEET = """
            SELECT instance, totals, (1000 * extract(epoch FROM clock_timestamp() - min(begun_at) OVER ()))::bigint AS millis
            FROM experiment_totals WHERE experiment = :experiment AND generation = :generation
            ORDER BY instance, epoch""";

    private final JdbcClient sql;

    /// @param span since the first epoch of any instance began
    private record Epoch(String instance, Totals totals, Duration span) {}

    TotalsRepository(JdbcClient sql) {
        this.sql = sql;
    }

    /// Overwrites what an instance has counted in an epoch. With the first row of one, old generations are forgotten.
    void save(String experiment, String generation, String instance, String epoch, Totals totals) {
        if (write(OVERWRITE, experiment, generation, instance, epoch, totals) == 0) {
            write(ADD, experiment, generation, instance, epoch, totals);
            sql.sql(FORGET).withQueryTimeout(MAX_SECONDS).param("experiment", experiment)
                    .param("kept", KEPT_GENERATIONS).update();
        }
    }

    /// What all instances have counted in a generation, and since when.
    Fleet fleet(String experiment, String generation) {
        List<Epoch> epochs = sql.sql(FLEET).withQueryTimeout(MAX_SECONDS)
                .param("experiment", experiment).param("generation", generation)
                .query((row, _) -> new Epoch(row.getString("instance"), Totals.ofText(row.getString("totals")),
                        Duration.ofMillis(Math.max(0, row.getLong("millis")))))
                .list();
        Map<String, Totals> byInstance = new LinkedHashMap<>();
        epochs.forEach(epoch -> byInstance.merge(epoch.instance(), epoch.totals(), Totals::plus));
        return new Fleet(List.copyOf(byInstance.values()), epochs.isEmpty() ? Duration.ZERO : epochs.getFirst().span());
    }

    private int write(String statement, String experiment, String generation, String instance, String epoch,
            Totals totals) {
        return sql.sql(statement).withQueryTimeout(MAX_SECONDS)
                .param("experiment", experiment).param("generation", generation).param("instance", instance)
                .param("epoch", epoch).param("totals", totals.text()).update();
    }
}
