package io.datadrivenchanges.payments.stage;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Summary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Writes down at the start at which stage each experiment is, if that is another one than written last.
@Component
final class StageAudit implements ApplicationRunner {
    private static final Logger log = LoggerFactory.getLogger(StageAudit.class);
    private static final String WRITE_IF_CHANGED = """
            INSERT INTO stage_audit (experiment, from_stage, to_stage, who, why)
            SELECT :experiment, last.stage, :stage, 'configuration', 'experiment.stage at the start of a process'
            FROM (SELECT (SELECT to_stage FROM stage_audit WHERE experiment = :experiment ORDER BY audit_id DESC LIMIT 1)
                AS stage) AS last
            WHERE last.stage IS DISTINCT FROM :stage""";

    private final Laboratory laboratory;
    private final JdbcClient sql;

    StageAudit(Laboratory laboratory, JdbcClient sql) {
        this.laboratory = laboratory;
        this.sql = sql;
    }

    @Override
    public void run(ApplicationArguments arguments) {
        for (Summary experiment : laboratory.summaries()) {
            try {
                sql.sql(WRITE_IF_CHANGED).param("experiment", experiment.name())
                        .param("stage", experiment.stage().name())
                        .update();
            } catch (DataAccessException e) {
                log.warn("Stage {} of {} is not in the audit: {}", experiment.stage(), experiment.name(),
                        e.getMostSpecificCause().getMessage());
            }
        }
    }
}
