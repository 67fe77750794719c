-- The stage of an experiment is what its last row in stage_audit says: nothing can be changed without a trace, and no role
-- needs to UPDATE. The revision counts an experiment's rows; being unique it lets one of two concurrent changes win.
ALTER TABLE stage_audit
    ADD COLUMN revision bigint,
    ADD COLUMN canary_percent smallint,
    ADD COLUMN override text;

ALTER TABLE stage_audit DISABLE TRIGGER append_only;
UPDATE stage_audit SET revision = numbered.revision
FROM (SELECT audit_id, row_number() OVER (PARTITION BY experiment ORDER BY audit_id) AS revision FROM stage_audit) AS numbered
WHERE stage_audit.audit_id = numbered.audit_id;
ALTER TABLE stage_audit ENABLE TRIGGER append_only;

ALTER TABLE stage_audit
    ALTER COLUMN revision SET NOT NULL,
    ADD CONSTRAINT stage_audit_one_per_revision UNIQUE (experiment, revision),
    ADD CONSTRAINT stage_audit_revision_range CHECK (revision >= 1),
    ADD CONSTRAINT stage_audit_share_range CHECK (canary_percent BETWEEN 1 AND 100),
    ADD CONSTRAINT stage_audit_share_of_canary CHECK ((to_stage = 'CANARY') = (canary_percent IS NOT NULL)),
    ADD CONSTRAINT stage_audit_first_has_no_from CHECK (from_stage IS NOT NULL OR revision = 1);

CREATE VIEW experiment_stages AS
    SELECT DISTINCT ON (experiment) experiment, revision, from_stage, to_stage AS stage, canary_percent, who, why, override, at
    FROM stage_audit
    ORDER BY experiment, revision DESC;

GRANT SELECT ON experiment_stages TO pay_app;
