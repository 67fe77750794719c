package io.datadrivenchanges.benchmarks.pipeline;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// A run of neighbouring couriers in the table, changed one after the other by one writer, so that the version of each is known
/// without asking. Confined to one thread, except [#numberOf].
final class Couriers implements AutoCloseable {
    private static final String CREATE = "INSERT INTO courier_performance (courier_id, performance, version)"
            + " SELECT n, 'NORMAL', 1 FROM generate_series(?, ?) AS n";
    private static final String CHANGE = "UPDATE courier_performance SET performance = ?, version = version + 1,"
            + " updated_at = clock_timestamp() WHERE courier_id BETWEEN ? AND ?";

    private final Connection database;
    private final PreparedStatement change;
    private final long first;
    private final int count;
    private long changed;

    private Couriers(Connection database, long first, int count) throws SQLException {
        this.database = database;
        this.change = database.prepareStatement(CHANGE);
        this.first = first;
        this.count = count;
    }

    /// Creates couriers in their first version, with a connection of their own.
    static Couriers create(String jdbcUrl, long first, int count) throws SQLException {
        Connection database = DriverManager.getConnection(jdbcUrl);
        try (PreparedStatement create = database.prepareStatement(CREATE)) {
            create.setLong(1, first);
            create.setLong(2, first + count - 1);
            create.executeUpdate();
            return new Couriers(database, first, count);
        } catch (SQLException e) {
            database.close();
            throw e;
        }
    }

    /// Changes committed so far.
    long changed() {
        return changed;
    }

    /// Changes the next courier, in a transaction of its own, committed on return.
    void changeNext() {
        change(1);
    }

    /// Changes all couriers that others are ahead of, or each of them if none is, in one transaction.
    ///
    /// @return the last of them, in the version that it has now
    Version changeRest() {
        change((int) (count - changed % count));
        long last = changed - 1;
        return new Version(first + last % count, 2 + last / count);
    }

    private void change(int couriers) {
        long from = first + changed % count;
        try {
            change.setString(1, changed / count % 2 == 0 ? "HIGH" : "NORMAL");
            change.setLong(2, from);
            change.setLong(3, from + couriers - 1);
            change.executeUpdate();
        } catch (SQLException e) {
            throw new IllegalStateException("The change was not committed", e);
        }
        changed += couriers;
    }

    /// Which change made this version, counted from 0; negative for none of these couriers' changes.
    long numberOf(long courierId, long version) {
        return courierId < first || courierId >= first + count ? -1 : (version - 2) * count + courierId - first;
    }

    @Override
    public void close() throws SQLException {
        database.close();
    }

    /// A state of a courier.
    record Version(long courierId, long version) {}
}
