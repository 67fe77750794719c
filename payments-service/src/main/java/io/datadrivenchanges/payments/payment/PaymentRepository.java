package io.datadrivenchanges.payments.payment;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;

import io.datadrivenchanges.cache.PerformanceLevel;
import io.datadrivenchanges.payments.performance.Adjustment;
import io.datadrivenchanges.payments.performance.Decision;
import io.datadrivenchanges.payments.performance.Fallback;
import io.datadrivenchanges.payments.performance.Source;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Rows of payments and of the keys bound to them. Every method is one statement in autocommit, so a connection is held for
/// one round trip. Thread-safe.
@Component
final class PaymentRepository {
    private static final String COLUMNS = """
            payment_id, delivery_id, courier_id, currency, currency_digits, base_minor, incentive_minor, total_minor,
            performance, performance_version, source, fallback, stage, created_at, created_by""";

    private static final String READ = """
            SELECT (SELECT fingerprint FROM idempotency_keys WHERE caller = :caller AND key = :key) AS bound, p.*
            FROM (SELECT) AS one LEFT JOIN payments p ON p.delivery_id = :delivery""";

    // The order of the inserts is fixed: payment, audit, key. So two statements never wait for each other in a circle.
    private static final String INSERT = """
            WITH p AS (
                INSERT INTO payments (delivery_id, courier_id, currency, currency_digits, base_minor, adjustment_bps,
                    incentive_minor, total_minor, performance, performance_version, courier_known, source, fallback, stage,
                    rule_version, created_by, request_id)
                VALUES (:delivery, :courier, :currency, :digits, :base, :bps, :incentive, :total, :performance, :version,
                    :known, :source, :fallback, :stage, :rule, :caller, :request)
                ON CONFLICT (delivery_id) DO NOTHING
                RETURNING *),
            a AS (
                INSERT INTO payment_audit (payment_id, what, who, request_id, key_hash)
                SELECT payment_id, 'CREATED', :caller, :request, :keyHash FROM p),
            k AS (
                INSERT INTO idempotency_keys (caller, key, fingerprint, payment_id)
                SELECT :caller, CAST(:key AS text), :fingerprint, payment_id FROM p WHERE CAST(:key AS text) IS NOT NULL)
            SELECT\s"""
            + COLUMNS + " FROM p";

    private static final String BIND = """
            INSERT INTO idempotency_keys (caller, key, fingerprint, payment_id)
            VALUES (:caller, :key, :fingerprint, :payment) ON CONFLICT DO NOTHING""";

    private final JdbcClient sql;

    PaymentRepository(JdbcClient sql) {
        this.sql = sql;
    }

    /// What the database knows about a request.
    ///
    /// @param bound fingerprint of the request that the key is bound to; `null` without a key or if it is free
    /// @param payment of the delivery; `null` if it is not paid
    @SuppressWarnings("ArrayRecordComponent") // short-lived, never compared
    record Known(byte @Nullable [] bound, @Nullable Payment payment) {}

    /// Reads what is known about a request.
    Known read(String deliveryId, Attempt attempt) {
        return sql.sql(READ)
                .param("delivery", deliveryId)
                .param("caller", attempt.caller())
                .param("key", attempt.key())
                .query((row, _) -> new Known(row.getBytes("bound"),
                        row.getString("delivery_id") == null ? null : payment(row)))
                .single();
    }

    /// Adds a payment, its audit row and its key, all or none.
    ///
    /// @return empty if the delivery is paid already
    /// @throws org.springframework.dao.DuplicateKeyException if the key is bound already
    Optional<Payment> insert(Order order, Decision decision, Attempt attempt) {
        int basisPoints = Adjustment.basisPoints(decision.performance().level());
        long incentive = Adjustment.halfEven(order.base(), basisPoints);
        Fallback fallback = decision.fallback();
        String key = attempt.key();
        return sql.sql(INSERT)
                .param("delivery", order.deliveryId())
                .param("courier", order.courierId())
                .param("currency", order.currency())
                .param("digits", order.digits())
                .param("base", order.base())
                .param("bps", basisPoints)
                .param("incentive", incentive)
                .param("total", Math.addExact(order.base(), incentive))
                .param("performance", decision.performance().level().name())
                .param("version", decision.performance().known() ? decision.performance().version() : null,
                        java.sql.Types.BIGINT)
                .param("known", decision.performance().known())
                .param("source", decision.source().name())
                .param("fallback", fallback == null ? null : fallback.name(), java.sql.Types.VARCHAR)
                .param("stage", decision.stage())
                .param("rule", Adjustment.RULE_VERSION)
                .param("caller", attempt.caller())
                .param("request", attempt.requestId())
                .param("key", key, java.sql.Types.VARCHAR)
                .param("keyHash", key == null ? null : Order.sha256(key), java.sql.Types.BINARY)
                .param("fingerprint", order.fingerprint())
                .query((row, _) -> payment(row))
                .optional();
    }

    /// Binds a key to a payment that was made without it.
    ///
    /// @return whether it is bound now by this call
    boolean bind(String caller, String key, byte[] fingerprint, long paymentId) {
        return sql.sql(BIND)
                .param("caller", caller)
                .param("key", key)
                .param("fingerprint", fingerprint)
                .param("payment", paymentId)
                .update() == 1;
    }

    Optional<Payment> find(String deliveryId) {
        return sql.sql("SELECT " + COLUMNS + " FROM payments WHERE delivery_id = :delivery")
                .param("delivery", deliveryId)
                .query((row, _) -> payment(row))
                .optional();
    }

    /// A courier's payments in the order in which they were made.
    ///
    /// @param createdBy only those of this caller; `null` = of all
    List<Payment> ofCourier(long courierId, @Nullable String createdBy, long offset, int limit) {
        return sql.sql("SELECT " + COLUMNS + """
                 FROM payments
                WHERE courier_id = :courier AND (CAST(:createdBy AS text) IS NULL OR created_by = :createdBy)
                ORDER BY payment_id OFFSET :offset LIMIT :limit""")
                .param("courier", courierId)
                .param("createdBy", createdBy, java.sql.Types.VARCHAR)
                .param("offset", offset)
                .param("limit", limit)
                .query((row, _) -> payment(row))
                .list();
    }

    private static Payment payment(ResultSet row) throws SQLException {
        var order = new Order(row.getString("delivery_id"), row.getLong("courier_id"), row.getLong("base_minor"),
                row.getString("currency"), row.getInt("currency_digits"));
        String fallback = row.getString("fallback");
        return new Payment(row.getLong("payment_id"), order, row.getLong("incentive_minor"), row.getLong("total_minor"),
                PerformanceLevel.valueOf(row.getString("performance")),
                row.getObject("performance_version", Long.class),
                Source.valueOf(row.getString("source")),
                fallback == null ? null : Fallback.valueOf(fallback),
                row.getString("stage"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getString("created_by"));
    }
}
