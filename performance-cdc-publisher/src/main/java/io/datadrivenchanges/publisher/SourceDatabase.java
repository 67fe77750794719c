package io.datadrivenchanges.publisher;

import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

import io.datadrivenchanges.publisher.SourceState.Slot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The source database seen from one connection: what it must provide, and our replication slot. Confined to one thread.
final class SourceDatabase implements AutoCloseable {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final int SCAN_ROWS = 5_000;
    private static final Duration RELEASE_LIMIT = Duration.ofSeconds(5);
    private static final Logger LOG = LoggerFactory.getLogger(SourceDatabase.class);
    private static final Map<String, List<String>> PUBLISHED = Map.of(
            "public." + ChangeMapper.COURIERS, List.of("courier_id", "performance", "updated_at", "version"),
            "public." + ChangeMapper.HEARTBEAT, List.of("beat", "beat_at", "id"));

    private final Connection connection;
    private final String slot;
    private final String publication;

    private SourceDatabase(Connection connection, PublisherProperties properties) {
        this.connection = connection;
        slot = properties.slot();
        publication = properties.publication();
    }

    static SourceDatabase open(PublisherProperties properties) throws SQLException {
        return new SourceDatabase(connect(properties.database(), "publisher-check", ANSWER_LIMIT), properties);
    }

    /// A plain connection.
    ///
    /// @param silence longest one before the connection counts as broken, in whole seconds
    static Connection connect(PublisherProperties.Database database, String application, Duration silence)
            throws SQLException {
        var settings = new Properties();
        String seconds = Long.toString(ANSWER_LIMIT.toSeconds());
        settings.putAll(Map.of("user", database.user(), "password", database.password(), "connectTimeout", seconds,
                "socketTimeout", Long.toString(silence.toSeconds()), "loginTimeout", seconds, "ApplicationName",
                application));
        try {
            return DriverManager.getConnection(database.jdbcUrl(), settings);
        } catch (SQLException e) {
            if (e.getSQLState() != null && e.getSQLState().startsWith("08")) {
                throw new NotYetException("PostgreSQL does not answer at " + database);
            }
            if ("3D000".equals(e.getSQLState())) {
                throw new NotYetException("PostgreSQL has no database '" + database.name() + "' yet");
            }
            throw e;
        }
    }

    /// Checks what the source must provide, frees the slot from a walsender left behind, and reports.
    ///
    /// @throws NeedsPersonException if the server or the publication is set up differently
    /// @throws NotYetException      if the publication does not exist yet, or the slot is not released
    SourceState inspect() throws SQLException {
        if (!"logical".equals(text("SHOW wal_level"))) {
            throw new NeedsPersonException("PostgreSQL must run with wal_level=logical");
        }
        checkPublication();
        freeSlot();
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT system_identifier::text, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int,
                       (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint
                FROM pg_control_system()"""); ResultSet row = query.executeQuery()) {
            row.next();
            return new SourceState(row.getString(1), row.getInt(2), row.getLong(3), slot());
        }
    }

    private void checkPublication() throws SQLException {
        Boolean whole = publishesEverything();
        if (whole == null) {
            throw new NotYetException("PostgreSQL has no publication '" + publication + "' yet");
        }
        Map<String, List<String>> published = new TreeMap<>();
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT schemaname || '.' || tablename, attnames::text[], rowfilter IS NULL
                FROM pg_publication_tables WHERE pubname = ?""")) {
            query.setString(1, publication);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    List<String> columns = new ArrayList<>(List.of((String[]) array(row).getArray()));
                    columns.sort(null);
                    published.put(row.getString(1), row.getBoolean(3) ? columns : List.of("filtered rows"));
                }
            }
        }
        if (!whole || !published.equals(PUBLISHED)) {
            throw new NeedsPersonException("publication '" + publication + "' must publish all operations of "
                    + new TreeMap<>(PUBLISHED) + ", but publishes " + (whole ? "" : "only some of ") + published);
        }
    }

    private static Array array(ResultSet row) throws SQLException {
        return row.getArray(2);
    }

    private @Nullable Boolean publishesEverything() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                """
                        SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate FROM pg_publication WHERE pubname = ?""")) {
            query.setString(1, publication);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getBoolean(1) : null;
            }
        }
    }

    private @Nullable Slot slot() throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT slot_type = 'logical' AND plugin = 'pgoutput' AND database = current_database()
                       AND coalesce(wal_status, '') <> 'lost' AND invalidation_reason IS NULL
                       AND confirmed_flush_lsn IS NOT NULL,
                       coalesce(confirmed_flush_lsn - '0/0'::pg_lsn, 0)::bigint
                FROM pg_replication_slots WHERE slot_name = ?""")) {
            query.setString(1, slot);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? new Slot(row.getBoolean(1), row.getLong(2)) : null;
            }
        }
    }

    /// Ends a walsender that an earlier engine left on the slot and waits until it is gone.
    private void freeSlot() throws SQLException {
        try (PreparedStatement end = connection.prepareStatement("""
                SELECT pg_terminate_backend(active_pid, ?) FROM pg_replication_slots
                WHERE slot_name = ? AND active_pid IS NOT NULL""")) {
            end.setLong(1, RELEASE_LIMIT.minusSeconds(1).toMillis());
            end.setString(2, slot);
            try (ResultSet row = end.executeQuery()) {
                if (row.next()) {
                    LOG.info("Ended a walsender that was still using slot {}", slot);
                    if (!row.getBoolean(1)) {
                        throw new NotYetException("slot '" + slot + "' is still in use");
                    }
                }
            }
        }
    }

    /// Reads the courier table as of one moment, a part at a time.
    void scan(RowVisitor visitor) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(SCAN_ROWS);
            try (ResultSet row = statement
                    .executeQuery("SELECT courier_id, performance, version FROM courier_performance")) {
                while (row.next()) {
                    visitor.row(row.getLong(1), row.getString(2), row.getLong(3));
                }
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    void dropSlot() throws SQLException {
        freeSlot();
        try (PreparedStatement drop = connection.prepareStatement("""
                SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ?""")) {
            drop.setString(1, slot);
            drop.executeQuery().close();
        }
    }

    /// Takes the rows of [#scan].
    @FunctionalInterface
    interface RowVisitor {
        void row(long courier, String performance, long version);
    }

    private String text(String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
