CREATE TABLE courier_performance (
  courier_id  bigint                     CONSTRAINT courier_performance_pk PRIMARY KEY
                                         CONSTRAINT courier_performance_courier_positive CHECK (courier_id > 0),
  -- PLAIN: never stored out of line, so that each change event carries the value
  performance text STORAGE PLAIN NOT NULL CONSTRAINT courier_performance_level
                                         CHECK (performance IN ('NORMAL', 'HIGH', 'OUTSTANDING')),
  version     bigint NOT NULL            CONSTRAINT courier_performance_version_positive CHECK (version > 0),
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp());

COMMENT ON COLUMN courier_performance.version IS
  'orders the changes of one courier: 1 on insert, +1 with each change of the level, else unchanged';

CREATE FUNCTION courier_performance_keep_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.version <> 1 THEN
      RAISE EXCEPTION 'the first version of a courier is 1, not %', NEW.version USING ERRCODE = '55000';
    END IF;
  ELSIF NEW.courier_id <> OLD.courier_id THEN
    RAISE EXCEPTION 'a courier keeps its id' USING ERRCODE = '55000';
  ELSIF NEW.version <> OLD.version + (NEW.performance <> OLD.performance)::int THEN
    RAISE EXCEPTION 'version goes from % to % with a new level only', OLD.version, OLD.version + 1 USING ERRCODE = '55000';
  ELSIF NEW.version = OLD.version AND NEW.updated_at <> OLD.updated_at THEN
    RAISE EXCEPTION 'updated_at belongs to the version' USING ERRCODE = '55000';
  END IF;
  RETURN NEW;
END $$;

CREATE FUNCTION courier_performance_keep_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is not allowed on courier_performance: a courier stays', TG_OP USING ERRCODE = '55000';
END $$;

CREATE TRIGGER courier_performance_keep_order BEFORE INSERT OR UPDATE ON courier_performance
  FOR EACH ROW EXECUTE FUNCTION courier_performance_keep_order();

CREATE TRIGGER courier_performance_keep_rows BEFORE DELETE OR TRUNCATE ON courier_performance
  FOR EACH STATEMENT EXECUTE FUNCTION courier_performance_keep_rows();

-- One row that the publisher writes: what reaches the other end of the pipe with it bounds the staleness there.
CREATE TABLE cdc_heartbeat (
  id      smallint             CONSTRAINT cdc_heartbeat_pk PRIMARY KEY
                               CONSTRAINT cdc_heartbeat_one_row CHECK (id = 1),
  beat    bigint NOT NULL,
  beat_at timestamptz NOT NULL);

INSERT INTO cdc_heartbeat (id, beat, beat_at) VALUES (1, 0, clock_timestamp());

GRANT SELECT, INSERT, UPDATE ON courier_performance TO incentives_app;
GRANT SELECT (courier_id, performance, version, updated_at) ON courier_performance TO perf_cdc;
GRANT SELECT, UPDATE ON cdc_heartbeat TO perf_cdc;

CREATE PUBLICATION courier_performance_pub
  FOR TABLE courier_performance (courier_id, performance, version, updated_at), TABLE cdc_heartbeat;
