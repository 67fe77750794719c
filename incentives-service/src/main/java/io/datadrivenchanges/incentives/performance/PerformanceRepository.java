package io.datadrivenchanges.incentives.performance;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The table `courier_performance`. Thread-safe; each statement is a transaction of its own.
@Repository
class PerformanceRepository {
    private final JdbcClient database;

    PerformanceRepository(JdbcClient database) {
        this.database = database;
    }

    Optional<CourierPerformance> find(long courierId) {
        return database
                .sql("""
                        SELECT courier_id, performance, version, updated_at FROM courier_performance WHERE courier_id = :courier""")
                .param("courier", courierId)
                .query(PerformanceRepository::row).optional();
    }

    /// The couriers that follow an id, in order; read along the primary key, so that a late page costs no more than an early one.
    ///
    /// @param limit at most so many; fewer only if there are no more
    List<CourierPerformance> after(long courierId, int limit) {
        return database.sql("""
                SELECT courier_id, performance, version, updated_at FROM courier_performance
                WHERE courier_id > :after ORDER BY courier_id LIMIT :limit""")
                .param("after", courierId).param("limit", limit)
                .query(PerformanceRepository::row).list();
    }

    /// Stores the level unless it is the stored one already.
    ///
    /// The row's lock makes concurrent writers take turns, and each sees the version that the one before has left.
    ///
    /// @return the row as written; empty if nothing had to be
    Optional<CourierPerformance> change(long courierId, PerformanceLevel performance) {
        return database.sql("""
                INSERT INTO courier_performance AS stored (courier_id, performance, version, updated_at)
                VALUES (:courier, :performance, 1, clock_timestamp())
                ON CONFLICT (courier_id) DO UPDATE
                SET performance = EXCLUDED.performance, version = stored.version + 1, updated_at = clock_timestamp()
                WHERE stored.performance IS DISTINCT FROM EXCLUDED.performance
                RETURNING courier_id, performance, version, updated_at""")
                .param("courier", courierId).param("performance", performance.name())
                .query(PerformanceRepository::row).optional();
    }

    private static CourierPerformance row(ResultSet row, int number) throws SQLException {
        return new CourierPerformance(row.getLong("courier_id"), PerformanceLevel.valueOf(row.getString("performance")),
                row.getLong("version"), row.getObject("updated_at", OffsetDateTime.class).toInstant());
    }
}
