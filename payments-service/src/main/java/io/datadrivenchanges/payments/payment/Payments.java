package io.datadrivenchanges.payments.payment;

import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.datadrivenchanges.payments.performance.Decision;
import io.datadrivenchanges.payments.performance.Payable;
import io.datadrivenchanges.payments.performance.PerformanceSource;
import io.datadrivenchanges.payments.performance.PerformanceUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.stereotype.Service;

/// Pays a delivery once, whoever asks how often. Thread-safe; several processes on one database behave like one.
///
/// ```
/// 1 read: is the key bound, is the delivery paid?   paid: answer with that payment, or refuse
/// 2 ask for the performance                         no connection is held meanwhile
/// 3 add payment, audit and key in one statement     somebody was faster: 1 again
/// ```
///
/// There is no "in progress": whoever dies between two steps leaves nothing behind.
@Service
final class Payments {
    private static final Logger log = LoggerFactory.getLogger(Payments.class);
    private static final int ROUNDS = 3;

    private final PaymentRepository repository;
    private final PerformanceSource performances;
    private final MeterRegistry meters;

    Payments(PaymentRepository repository, PerformanceSource performances, MeterRegistry meters) {
        this.repository = repository;
        this.performances = performances;
        this.meters = meters;
    }

    /// A payment, and whether this request made it.
    record Paid(Payment payment, boolean replayed) {}

    /// Pays, or returns the payment that the same request has made before.
    ///
    /// @throws io.datadrivenchanges.http.ProblemException 409, 422 or 503; nothing has changed, or it says that this is unknown
    /// @throws DataAccessException if the database cannot be asked; nothing has changed
    Paid pay(Order order, Attempt attempt) {
        for (int round = 0; round < ROUNDS; round++) {
            PaymentRepository.Known known = repository.read(order.deliveryId(), attempt);
            byte[] bound = known.bound();
            if (bound != null && !MessageDigest.isEqual(bound, order.fingerprint())) {
                throw Problems.keyReused();
            }
            Payment paid = known.payment();
            if (paid != null) {
                requireSame(order, attempt, paid);
                if (bound != null || attempt.key() == null || bind(order, attempt.key(), attempt, paid)) {
                    meters.counter("payments.replayed").increment();
                    return new Paid(paid, true);
                }
                continue;
            }
            Optional<Payment> created = insert(order, decide(order), attempt);
            if (created.isPresent()) {
                count(created.get());
                return new Paid(created.get(), false);
            }
        }
        throw Problems.busy();
    }

    private Decision decide(Order order) {
        try {
            return performances.find(new Payable(order.courierId(), order.base(), order.currency()));
        } catch (PerformanceUnavailableException e) {
            log.warn("Not paid: {}", e.getMessage());
            throw Problems.performanceUnavailable();
        }
    }

    private Optional<Payment> insert(Order order, Decision decision, Attempt attempt) {
        try {
            return repository.insert(order, decision, attempt);
        } catch (DuplicateKeyException _) {
            return Optional.empty();
        } catch (DataAccessException e) {
            if (!connectionLost(e)) {
                throw e;
            }
            log.warn("Connection lost while paying: {}", e.getMostSpecificCause().getMessage());
            return Optional.of(afterLoss(order, attempt));
        }
    }

    /// The statement may have been committed or not: look once on another connection.
    private Payment afterLoss(Order order, Attempt attempt) {
        try {
            Payment paid = repository.read(order.deliveryId(), attempt).payment();
            if (paid != null && differences(order, attempt, paid).isEmpty()) {
                return paid;
            }
        } catch (DataAccessException e) {
            log.warn("No connection to look whether it was paid: {}", e.getMostSpecificCause().getMessage());
        }
        throw Problems.outcomeUnknown();
    }

    /// Whether the connection broke while a statement was under way (SQLSTATE 08, 57P), other than before it was sent.
    private static boolean connectionLost(DataAccessException failure) {
        if (failure instanceof CannotGetJdbcConnectionException) {
            return false;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P");
            }
        }
        return false;
    }

    private boolean bind(Order order, String key, Attempt attempt, Payment paid) {
        return repository.bind(attempt.caller(), key, order.fingerprint(), paid.id());
    }

    private static void requireSame(Order order, Attempt attempt, Payment paid) {
        List<String> differs = differences(order, attempt, paid);
        if (!differs.isEmpty()) {
            throw Problems.conflict(differs);
        }
    }

    private static List<String> differences(Order order, Attempt attempt, Payment paid) {
        List<String> differs = new ArrayList<>();
        if (order.courierId() != paid.order().courierId()) {
            differs.add("courierId");
        }
        if (order.base() != paid.order().base()) {
            differs.add("amount");
        }
        if (!order.currency().equals(paid.order().currency())) {
            differs.add("currency");
        }
        if (!attempt.caller().equals(paid.createdBy())) {
            differs.add("caller");
        }
        return differs;
    }

    private void count(Payment payment) {
        meters.counter("payments.created", "currency", payment.order().currency(), "source", payment.source().name(),
                "performance", payment.performance().name()).increment();
    }

    /// The payment of a delivery.
    ///
    /// @param createdBy only if this caller made it; `null` = whoever made it
    Optional<Payment> find(String deliveryId, @Nullable String createdBy) {
        return repository.find(deliveryId)
                .filter(payment -> createdBy == null || createdBy.equals(payment.createdBy()));
    }

    /// A courier's payments, oldest first.
    ///
    /// @param createdBy only those of this caller; `null` = of all
    List<Payment> ofCourier(long courierId, @Nullable String createdBy, long offset, int limit) {
        return repository.ofCourier(courierId, createdBy, offset, limit);
    }
}
