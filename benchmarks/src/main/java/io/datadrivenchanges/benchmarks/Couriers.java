package io.datadrivenchanges.benchmarks;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/// Couriers 1 to n in the table, changed one after the other, so that the version of each is known without asking.
/// Confined to one thread.
final class Couriers {
    private static final String CREATE = "INSERT INTO courier_performance (courier_id, performance, version)"
            + " SELECT n, 'NORMAL', 1 FROM generate_series(1, ?) AS n";
    private static final String CHANGE = "UPDATE courier_performance SET performance = ?, version = version + 1,"
            + " updated_at = clock_timestamp() WHERE courier_id = ?";

    private final PreparedStatement change;
    private final int count;
    private long changed;

    private Couriers(PreparedStatement change, int count) {
        this.change = change;
        this.count = count;
    }

    static Couriers create(Connection database, int count) throws SQLException {
        try (PreparedStatement create = database.prepareStatement(CREATE)) {
            create.setInt(1, count);
            create.executeUpdate();
        }
        return new Couriers(database.prepareStatement(CHANGE), count);
    }

    int count() {
        return count;
    }

    /// How often each courier has been changed, once all have been changed equally often.
    long rounds() {
        return changed / count;
    }

    /// Changes the next courier, in a transaction of its own, committed on return.
    void changeNext() throws SQLException {
        long courier = 1 + changed % count;
        change.setString(1, rounds() % 2 == 0 ? "HIGH" : "NORMAL");
        change.setLong(2, courier);
        change.executeUpdate();
        changed++;
    }
}
