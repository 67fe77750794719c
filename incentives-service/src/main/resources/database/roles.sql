-- Run once by a superuser before the first start of incentives-service.
-- The passwords are for development: change them with ALTER ROLE everywhere else.
CREATE ROLE incentives_owner NOLOGIN;
CREATE ROLE incentives_migrator LOGIN PASSWORD 'incentives_migrator' IN ROLE incentives_owner;
CREATE ROLE incentives_app LOGIN PASSWORD 'incentives_app';
CREATE ROLE perf_cdc LOGIN REPLICATION PASSWORD 'perf_cdc' CONNECTION LIMIT 10;

-- What the migrator creates belongs to the owner, who cannot log in.
ALTER ROLE incentives_migrator SET role = 'incentives_owner';
ALTER ROLE incentives_migrator SET lock_timeout = '10s';
ALTER ROLE incentives_app SET statement_timeout = '2s';
ALTER ROLE incentives_app SET lock_timeout = '1s';
ALTER ROLE incentives_app SET idle_in_transaction_session_timeout = '5s';

CREATE DATABASE incentives OWNER incentives_owner;
REVOKE ALL ON DATABASE incentives FROM PUBLIC;
GRANT CONNECT ON DATABASE incentives TO incentives_migrator, incentives_app, perf_cdc;
