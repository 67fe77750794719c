package io.datadrivenchanges.e2e;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The table `courier_performance` itself, read and written as Incentives does it. Thread-safe.
///
/// A courier's version tells its level: [Level#ofVersion].
final class CourierTable {
    /// A client that waits for a database that froze gives up after this.
    private static final String ROLE = "?user=incentives_app&connectTimeout=2&socketTimeout=5";

    private final String jdbcUrl;

    CourierTable(String jdbcUrl) {
        this.jdbcUrl = jdbcUrl;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl + ROLE);
    }

    /// Creates couriers in their first version.
    void create(List<Long> couriers) {
        try (Connection database = connect();
                PreparedStatement create = database.prepareStatement(
                        "INSERT INTO courier_performance (courier_id, performance, version) VALUES (?, ?, 1)")) {
            for (long courier : couriers) {
                create.setLong(1, courier);
                create.setString(2, Level.ofVersion(1).name());
                create.addBatch();
            }
            create.executeBatch();
        } catch (SQLException e) {
            throw new AssertionError("the couriers were not created", e);
        }
    }

    /// Raises a courier's version by one, committed on return.
    ///
    /// @return the version it has now
    long change(long courier) {
        try (Connection database = connect(); PreparedStatement change = change(database)) {
            change.setLong(1, courier);
            try (ResultSet row = change.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        } catch (SQLException e) {
            throw new AssertionError("the change was not committed", e);
        }
    }

    /// The query that raises the version of one courier, its only parameter, and answers with it.
    static PreparedStatement change(Connection database) throws SQLException {
        return database.prepareStatement("""
                UPDATE courier_performance SET version = version + 1, updated_at = clock_timestamp(),
                    performance = (ARRAY['NORMAL', 'HIGH', 'OUTSTANDING'])[1 + (version + 1) % 3]
                WHERE courier_id = ? RETURNING version""");
    }

    /// Version of each courier.
    Map<Long, Long> versions() {
        var versions = new TreeMap<Long, Long>();
        try (Connection database = connect();
                Statement statement = database.createStatement();
                ResultSet row = statement.executeQuery("SELECT courier_id, version FROM courier_performance")) {
            while (row.next()) {
                versions.put(row.getLong(1), row.getLong(2));
            }
            return versions;
        } catch (SQLException e) {
            throw new AssertionError("the table was not read", e);
        }
    }
}
