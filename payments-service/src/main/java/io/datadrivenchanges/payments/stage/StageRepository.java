package io.datadrivenchanges.payments.stage;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;

import io.datadrivenchanges.experiment.Stage;
import io.datadrivenchanges.experiment.StageChange;
import io.datadrivenchanges.experiment.StageSwitch.Staged;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The stages of all experiments, kept as the list of their changes. Every method is one statement in autocommit, and waits no
/// longer than a second for the database once it has a connection. Thread-safe.
@Component
final class StageRepository {
    private static final int MAX_SECONDS = 1;

    private static final String BEGIN = """
            INSERT INTO stage_audit (experiment, revision, to_stage, who, why)
            SELECT :experiment, 1, :stage, 'configuration', 'experiment.stage at the first start'
            WHERE NOT EXISTS (SELECT FROM stage_audit WHERE experiment = :experiment)
            ON CONFLICT DO NOTHING""";

    private static final String CHANGE = """
            INSERT INTO stage_audit (experiment, revision, from_stage, to_stage, canary_percent, who, why, override)
            VALUES (:experiment, :revision, :from, :to, :percent, :who, :why, :override)
            RETURNING experiment, revision, from_stage, to_stage AS stage, canary_percent, who, why, override, at""";

    private final JdbcClient sql;

    StageRepository(JdbcClient sql) {
        this.sql = sql;
    }

    /// The stage of each experiment that has one.
    Map<String, Staged> all() {
        Map<String, Staged> found = new HashMap<>();
        sql.sql("SELECT * FROM experiment_stages").withQueryTimeout(MAX_SECONDS)
                .query(row -> {
                    found.put(row.getString("experiment"), staged(row));
                });
        return Map.copyOf(found);
    }

    /// Gives an experiment its first stage, unless it has one.
    void begin(String experiment, Stage stage) {
        sql.sql(BEGIN).withQueryTimeout(MAX_SECONDS).param("experiment", experiment).param("stage", stage.name())
                .update();
    }

    /// Adds a change.
    ///
    /// @param before the stage that it follows
    /// @throws org.springframework.dao.DuplicateKeyException if something else has followed that stage already
    Staged change(Staged before, StageChange change) {
        return sql.sql(CHANGE).withQueryTimeout(MAX_SECONDS)
                .param("experiment", change.experiment())
                .param("revision", before.revision() + 1)
                .param("from", before.stage().name())
                .param("to", change.to().name())
                .param("percent", change.to() == Stage.CANARY ? change.canaryPercent() : null, Types.SMALLINT)
                .param("who", change.who())
                .param("why", change.why())
                .param("override", change.override(), Types.VARCHAR)
                .query((row, _) -> staged(row))
                .single();
    }

    private static Staged staged(ResultSet row) throws SQLException {
        String from = row.getString("from_stage");
        return new Staged(Stage.valueOf(row.getString("stage")), row.getInt("canary_percent"), row.getLong("revision"),
                from == null ? null : Stage.valueOf(from), row.getString("who"), row.getString("why"),
                row.getString("override"), row.getObject("at", OffsetDateTime.class).toInstant());
    }
}
