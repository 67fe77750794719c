package io.datadrivenchanges.publisher;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/// The connection that holds the lead: an advisory lock that PostgreSQL gives to one session only. A leader that freezes or
/// is cut off loses it by the server's clock. Not thread-safe.
final class Lead implements AutoCloseable {
    /// Names the lock within the database; any number that nobody else uses.
    private static final long LOCK = 0x636f7572696572L;

    private final Connection connection;

    private Lead(Connection connection) {
        this.connection = connection;
    }

    static Lead open(PublisherProperties.Database database, Limits limits) throws SQLException {
        var lead = new Lead(SourceDatabase.connect(database, "publisher-lead", limits.databaseSilence()));
        try (Statement statement = lead.connection.createStatement()) {
            statement.execute("SET idle_session_timeout = " + limits.leadSilence().toMillis());
            return lead;
        } catch (SQLException e) {
            lead.close();
            throw e;
        }
    }

    /// Takes the lead if nobody has it.
    boolean take() throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_try_advisory_lock(?)")) {
            lock.setLong(1, LOCK);
            try (ResultSet row = lock.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    /// Keeps the session, and with it the lead.
    void keep() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT 1").close();
        }
    }

    /// Keeps the lead by a change that travels through the whole pipe.
    void beat() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int rows = statement.executeUpdate(
                    "UPDATE cdc_heartbeat SET beat = beat + 1, beat_at = clock_timestamp() WHERE id = 1");
            if (rows != 1) {
                throw new NeedsPersonException("PostgreSQL: the row of cdc_heartbeat is missing");
            }
        }
    }

    /// Reports the slot's appetite for write-ahead log.
    void measure(String slot, PublisherMetrics metrics) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT coalesce(pg_current_wal_lsn() - restart_lsn, 0)::bigint, coalesce(safe_wal_size, -1)
                FROM pg_replication_slots WHERE slot_name = ?""")) {
            query.setString(1, slot);
            try (ResultSet row = query.executeQuery()) {
                if (row.next()) {
                    metrics.slot(row.getLong(1), row.getLong(2));
                }
            }
        }
    }

    /// Gives the lead away. Does not wait for the server.
    @Override
    public void close() {
        try {
            connection.abort(Runnable::run);
        } catch (SQLException _) {
            // Closed one way or the other: PostgreSQL ends the session when the socket is gone.
        }
    }
}
