CREATE TABLE payments (
    payment_id          bigint GENERATED ALWAYS AS IDENTITY,
    delivery_id         text        NOT NULL,
    courier_id          bigint      NOT NULL,
    currency            text        NOT NULL,
    currency_digits     smallint    NOT NULL,
    base_minor          bigint      NOT NULL,
    adjustment_bps      integer     NOT NULL,
    incentive_minor     bigint      NOT NULL,
    total_minor         bigint      NOT NULL,
    performance         text        NOT NULL,
    performance_version bigint,
    courier_known       boolean     NOT NULL,
    source              text        NOT NULL,
    fallback            text,
    stage               text        NOT NULL,
    rule_version        smallint    NOT NULL,
    created_at          timestamptz NOT NULL DEFAULT transaction_timestamp(),
    created_by          text        NOT NULL,
    request_id          text        NOT NULL,
    CONSTRAINT payments_key PRIMARY KEY (payment_id),
    CONSTRAINT payments_once_per_delivery UNIQUE (delivery_id),
    CONSTRAINT payments_delivery_form CHECK (delivery_id ~ '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$'),
    CONSTRAINT payments_courier_range CHECK (courier_id BETWEEN 1 AND 9007199254740991),
    CONSTRAINT payments_currency_form CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payments_digits_range CHECK (currency_digits BETWEEN 0 AND 3),
    CONSTRAINT payments_base_range CHECK (base_minor BETWEEN 1 AND 999999999999999),
    CONSTRAINT payments_adjustment_range CHECK (adjustment_bps BETWEEN 0 AND 10000),
    CONSTRAINT payments_incentive_range CHECK (incentive_minor BETWEEN 0 AND base_minor),
    CONSTRAINT payments_sum CHECK (total_minor = base_minor + incentive_minor),
    CONSTRAINT payments_level CHECK (performance IN ('NORMAL', 'HIGH', 'OUTSTANDING')),
    CONSTRAINT payments_version_range CHECK (performance_version >= 1),
    CONSTRAINT payments_known_has_version CHECK (courier_known = (performance_version IS NOT NULL)),
    CONSTRAINT payments_unknown_is_normal CHECK (courier_known OR performance = 'NORMAL'),
    CONSTRAINT payments_source CHECK (source IN ('REST', 'CACHE')),
    CONSTRAINT payments_fallback CHECK (fallback IN ('MISS', 'STALE', 'ERROR')),
    CONSTRAINT payments_fallback_is_rest CHECK (fallback IS NULL OR source = 'REST'),
    CONSTRAINT payments_stage CHECK (stage IN ('OFF', 'SHADOW', 'CANARY', 'LIVE', 'COMPLETE'))
);

COMMENT ON COLUMN payments.rule_version IS 'which adjustments and which rounding made the total of the base';

CREATE INDEX payments_of_courier ON payments (courier_id, payment_id);

CREATE TABLE idempotency_keys (
    caller      text        NOT NULL,
    key         text        NOT NULL,
    fingerprint bytea       NOT NULL,
    payment_id  bigint      NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT transaction_timestamp(),
    CONSTRAINT idempotency_keys_key PRIMARY KEY (caller, key),
    CONSTRAINT idempotency_keys_payment FOREIGN KEY (payment_id) REFERENCES payments,
    CONSTRAINT idempotency_keys_form CHECK (key ~ '^[A-Za-z0-9._:-]{8,128}$'),
    CONSTRAINT idempotency_keys_fingerprint_size CHECK (octet_length(fingerprint) = 32)
);

CREATE TABLE payment_audit (
    audit_id   bigint GENERATED ALWAYS AS IDENTITY,
    payment_id bigint      NOT NULL,
    what       text        NOT NULL,
    who        text        NOT NULL,
    at         timestamptz NOT NULL DEFAULT transaction_timestamp(),
    request_id text        NOT NULL,
    key_hash   bytea,
    CONSTRAINT payment_audit_key PRIMARY KEY (audit_id),
    CONSTRAINT payment_audit_payment FOREIGN KEY (payment_id) REFERENCES payments,
    CONSTRAINT payment_audit_what CHECK (what IN ('CREATED')),
    CONSTRAINT payment_audit_key_hash_size CHECK (octet_length(key_hash) = 32)
);

CREATE TABLE stage_audit (
    audit_id   bigint GENERATED ALWAYS AS IDENTITY,
    experiment text        NOT NULL,
    from_stage text,
    to_stage   text        NOT NULL,
    who        text        NOT NULL,
    why        text        NOT NULL,
    at         timestamptz NOT NULL DEFAULT transaction_timestamp(),
    CONSTRAINT stage_audit_key PRIMARY KEY (audit_id),
    CONSTRAINT stage_audit_from CHECK (from_stage IN ('OFF', 'SHADOW', 'CANARY', 'LIVE', 'COMPLETE')),
    CONSTRAINT stage_audit_to CHECK (to_stage IN ('OFF', 'SHADOW', 'CANARY', 'LIVE', 'COMPLETE'))
);

-- Refuses even the owner: a correction is a new row in a new table.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: rows are only ever added', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'object_not_in_prerequisite_state';
END
$$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON idempotency_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON stage_audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON payments, idempotency_keys, payment_audit, stage_audit TO pay_app;
