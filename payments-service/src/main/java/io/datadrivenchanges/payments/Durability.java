package io.datadrivenchanges.payments;

import java.util.Set;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Whether the database keeps what it has acknowledged. Where `fsync` or `synchronous_commit` is off, an answered payment
/// can be lost and paid again: then this service is not ready.
@Component("durability")
final class Durability extends AbstractHealthIndicator {
    private static final Set<String> DURABLE_COMMITS = Set.of("on", "remote_apply");

    private final JdbcClient sql;

    Durability(JdbcClient sql) {
        super("The database did not say whether it is durable");
        this.sql = sql;
    }

    @Override
    protected void doHealthCheck(Health.Builder health) {
        record Settings(String fsync, String commit) {}
        Settings settings = sql
                .sql("SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit")
                .query(Settings.class).single();
        boolean durable = settings.fsync().equals("on") && DURABLE_COMMITS.contains(settings.commit());
        health.status(durable ? "UP" : "DOWN")
                .withDetail("fsync", settings.fsync())
                .withDetail("synchronousCommit", settings.commit());
    }
}
