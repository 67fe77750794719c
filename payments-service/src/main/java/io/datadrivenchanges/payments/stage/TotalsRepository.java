package io.datadrivenchanges.payments.stage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import io.datadrivenchanges.experiment.verdict.Fleet;
import io.datadrivenchanges.experiment.verdict.Totals;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// What each instance has counted, one row for each of its epochs. Every method but the first [#save] of an epoch is one statement
/// in autocommit, and each statement waits no longer than a second for the database once it has a connection. Thread-safe.
///
/// However often instances start, the rows of a generation stay few. Who has not saved for ten minutes has *ended*, and with the first row of an
/// epoch, one beginner after the other,
///
/// 1. an instance of a new name goes on, as if it were its restart, from one that has ended as a whole: its rows get the new name.
///    What the two have counted may be added up, as they did not run at the same time;
/// 2. the epochs of the instance that have ended become one row, their sum.
///
/// So there are at most as many names as have run within some ten minutes, and of each one sum, and the epochs of ten minutes. An instance that was
/// taken for ended and was not, as it could not reach the database, finds its row gone and saves nothing further in that generation: what it had saved is in
/// the sum, once.
@Component
final class TotalsRepository {
    private static final Logger log = LoggerFactory.getLogger(TotalsRepository.class);
    private static final int MAX_SECONDS = 1;
    /// Generations of an experiment that are kept, by when they were saved last: the present one, and some to look back at.
    private static final int KEPT_GENERATIONS = 16;
    private static final String LONG_AGO = "transaction_timestamp() - interval '10 minutes'";

    private static final String OVERWRITE = """
            UPDATE experiment_totals SET totals = :totals, saved_at = transaction_timestamp()
            WHERE experiment = :experiment AND generation = :generation AND instance = :instance AND epoch = :epoch""";

    private static final String ONE_AFTER_THE_OTHER = """
            SELECT pg_advisory_xact_lock(hashtextextended(:experiment || '/' || :generation, 0))""";

    // The age is asked for once more, of each row: a row that is saved meanwhile stays where it is.
    private static final String GO_ON = """
            UPDATE experiment_totals SET instance = :instance
            WHERE experiment = :experiment AND generation = :generation AND saved_at < %1$s AND instance = (
                SELECT instance FROM experiment_totals WHERE experiment = :experiment AND generation = :generation
                GROUP BY instance HAVING max(saved_at) < %1$s ORDER BY max(saved_at), instance LIMIT 1)
            AND NOT EXISTS (SELECT FROM experiment_totals
                WHERE experiment = :experiment AND generation = :generation AND instance = :instance)"""
            .formatted(LONG_AGO);

    private static final String ADD = """
            INSERT INTO experiment_totals (experiment, generation, instance, epoch, totals)
            VALUES (:experiment, :generation, :instance, :epoch, :totals)
            ON CONFLICT ON CONSTRAINT experiment_totals_key
            DO UPDATE SET totals = EXCLUDED.totals, saved_at = transaction_timestamp()""";

    private static final String ENDED = """
            DELETE FROM experiment_totals
            WHERE experiment = :experiment AND generation = :generation AND instance = :instance AND epoch <> :epoch
            AND saved_at < %s RETURNING totals, begun_at, saved_at""".formatted(LONG_AGO);

    private static final String ADD_SUM = """
            INSERT INTO experiment_totals (experiment, generation, instance, epoch, totals, begun_at, saved_at)
            VALUES (:experiment, :generation, :instance, 'ended', :totals, :begun, :saved)""";

    private static final String FORGET = """
            DELETE FROM experiment_totals WHERE experiment = :experiment AND generation NOT IN (
                SELECT generation FROM experiment_totals WHERE experiment = :experiment
                GROUP BY generation ORDER BY max(saved_at) DESC, generation LIMIT :kept)""";

    private static final String FLEET = """
            SELECT instance, totals, (1000 * extract(epoch FROM clock_timestamp() - min(begun_at) OVER ()))::bigint AS millis
            FROM experiment_totals WHERE experiment = :experiment AND generation = :generation
            ORDER BY instance, epoch""";

    private final JdbcClient sql;
    private final TransactionTemplate transactions;
    /// What this process saves of each experiment.
    private final Map<String, Life> begun = new ConcurrentHashMap<>();
    private final Map<String, Life> lost = new ConcurrentHashMap<>();

    /// One life of an instance, as far as it belongs to one generation.
    private record Life(String experiment, String generation, String instance, String epoch) {}

    /// @param span since the first epoch of any instance began
    private record Epoch(String instance, Totals totals, Duration span) {}

    private record Ended(Totals totals, OffsetDateTime begun, OffsetDateTime saved) {

        static Ended of(ResultSet row) throws SQLException {
            return new Ended(Totals.ofText(row.getString("totals")), row.getObject("begun_at", OffsetDateTime.class),
                    row.getObject("saved_at", OffsetDateTime.class));
        }

        Ended plus(Ended other) {
            return new Ended(totals.plus(other.totals), begun.isBefore(other.begun) ? begun : other.begun,
                    saved.isAfter(other.saved) ? saved : other.saved);
        }
    }

    TotalsRepository(JdbcClient sql, TransactionTemplate transactions) {
        this.sql = sql;
        this.transactions = transactions;
    }

    /// Overwrites what an instance has counted in an epoch. With the first row of one, what has ended is put together and old generations
    /// are forgotten. Without effect for an instance that was taken for ended.
    void save(String experiment, String generation, String instance, String epoch, Totals totals) {
        Life life = new Life(experiment, generation, instance, epoch);
        if (statement(OVERWRITE, life).param("totals", totals.text()).update() == 1) {
            begun.put(experiment, life);
        } else if (!life.equals(begun.get(experiment))) {
            transactions.executeWithoutResult(_ -> begin(life, totals));
            begun.put(experiment, life);
            transactions.executeWithoutResult(_ -> putTogether(life));
        } else if (!life.equals(lost.put(experiment, life))) {
            log.warn(
                    "What '{}' counts of {} is no longer saved at this stage: it was taken for ended, as it had not saved for "
                            + "ten minutes",
                    instance, experiment);
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

    private void begin(Life life, Totals totals) {
        var _ = statement(ONE_AFTER_THE_OTHER, life).query().listOfRows();
        statement(GO_ON, life).update();
        statement(ADD, life).param("totals", totals.text()).update();
        statement(FORGET, life).param("kept", KEPT_GENERATIONS).update();
    }

    private void putTogether(Life life) {
        Optional<Ended> ended = statement(ENDED, life).query((row, _) -> Ended.of(row)).list().stream()
                .reduce(Ended::plus);
        ended.ifPresent(sum -> statement(ADD_SUM, life).param("totals", sum.totals().text())
                .param("begun", sum.begun()).param("saved", sum.saved()).update());
    }

    private JdbcClient.StatementSpec statement(String text, Life life) {
        return sql.sql(text).withQueryTimeout(MAX_SECONDS)
                .param("experiment", life.experiment()).param("generation", life.generation())
                .param("instance", life.instance()).param("epoch", life.epoch());
    }
}
