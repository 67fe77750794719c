-- Roles and database of payments-service, run once by a superuser. The passwords are for development only.

-- Owns everything, nobody logs in as it.
CREATE ROLE pay_owner NOLOGIN;

-- Flyway: what it creates belongs to the owner.
CREATE ROLE pay_migrator LOGIN PASSWORD 'pay_migrator' IN ROLE pay_owner;
ALTER ROLE pay_migrator SET role = 'pay_owner';
ALTER ROLE pay_migrator SET lock_timeout = '10s';

-- The running service: reads and adds, never changes; what it may is granted by the migrations.
CREATE ROLE pay_app LOGIN PASSWORD 'pay_app';
ALTER ROLE pay_app SET statement_timeout = '2s';
ALTER ROLE pay_app SET lock_timeout = '1s';
ALTER ROLE pay_app SET idle_in_transaction_session_timeout = '5s';

CREATE DATABASE payments OWNER pay_owner;
REVOKE ALL ON DATABASE payments FROM PUBLIC;
GRANT CONNECT ON DATABASE payments TO pay_migrator, pay_app;
