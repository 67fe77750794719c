-- What each instance has counted of an experiment, one row for each of its epochs, overwritten once a second.
--
-- The one table that the running service may change: these rows are no money and no audit. They are sums that a process has in memory
-- anyway and that can only ever be as right as it is; what follows from them, a change of stage, is a row in stage_audit with its reason.
-- Whoever may overwrite a row may as well delete it, which is how old generations are forgotten.
CREATE TABLE experiment_totals (
    experiment text        NOT NULL,
    generation text        NOT NULL,
    instance   text        NOT NULL,
    epoch      text        NOT NULL,
    totals     text        NOT NULL,
    begun_at   timestamptz NOT NULL DEFAULT transaction_timestamp(),
    saved_at   timestamptz NOT NULL DEFAULT transaction_timestamp(),
    CONSTRAINT experiment_totals_key PRIMARY KEY (experiment, generation, instance, epoch),
    CONSTRAINT experiment_totals_size CHECK (octet_length(totals) <= 65536)
);

COMMENT ON COLUMN experiment_totals.generation IS 'revision of the stage, and version of code and configuration';
COMMENT ON COLUMN experiment_totals.epoch IS 'one life of the instance';

GRANT SELECT, INSERT, UPDATE, DELETE ON experiment_totals TO pay_app;
