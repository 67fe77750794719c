package io.datadrivenchanges.payments.payment;

import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import io.datadrivenchanges.http.Caller;
import io.datadrivenchanges.http.ProblemException;
import io.datadrivenchanges.http.WholeNumber;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// The REST interface of payments.
@RestController
@RequestMapping(path = "/payments", produces = MediaType.APPLICATION_JSON_VALUE)
final class PaymentController {
    private static final String REPLAYED = "Idempotency-Replayed";
    private static final int MAX_PAGE = 1000;
    private static final int MAX_SIZE = 200;

    private final Orders orders;
    private final Payments payments;
    private final MeterRegistry meters;

    PaymentController(Orders orders, Payments payments, MeterRegistry meters) {
        this.orders = orders;
        this.payments = payments;
        this.meters = meters;
    }

    @PostMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<PaymentBody> pay(@RequestBody PaymentRequest request, @RequestHeader HttpHeaders headers,
            HttpServletRequest http) {
        try {
            var attempt = new Attempt(Caller.of(http).name(), IdempotencyKey.of(headers), requestId());
            Payments.Paid paid = payments.pay(orders.order(request), attempt);
            PaymentBody body = PaymentBody.of(paid.payment());
            return paid.replayed()
                    ? ResponseEntity.ok().header(REPLAYED, "true").body(body)
                    : ResponseEntity.created(URI.create("/payments/" + body.deliveryId())).body(body);
        } catch (ProblemException e) {
            meters.counter("payments.refused", "problem", e.problem().type().name()).increment();
            throw e;
        }
    }

    @GetMapping("/{deliveryId}")
    ResponseEntity<PaymentBody> one(@PathVariable String deliveryId, HttpServletRequest http) {
        if (!Orders.isDeliveryId(deliveryId)) {
            throw Problems.notFound("No delivery can have this id.");
        }
        return payments.find(deliveryId, visibleTo(http))
                .map(payment -> answer(PaymentBody.of(payment)))
                .orElseThrow(() -> Problems.notFound("This delivery is not paid."));
    }

    @GetMapping
    ResponseEntity<PaymentPage> ofCourier(@RequestParam String courierId, @RequestParam(defaultValue = "0") String page,
            @RequestParam(defaultValue = "50") String size, HttpServletRequest http) {
        long courier = WholeNumber.parse("courierId", courierId, 1, Orders.MAX_COURIER_ID);
        int pageNumber = (int) WholeNumber.parse("page", page, 0, MAX_PAGE);
        int pageSize = (int) WholeNumber.parse("size", size, 1, MAX_SIZE);
        List<Payment> found = payments.ofCourier(courier, visibleTo(http),
                (long) pageNumber * pageSize, pageSize + 1);
        List<PaymentBody> items = found.stream().limit(pageSize).map(PaymentBody::of).toList();
        return answer(new PaymentPage(courier, pageNumber, pageSize, found.size() > pageSize, items));
    }

    /// Whose payments the caller may read; `null` = everybody's.
    private static @Nullable String visibleTo(HttpServletRequest http) {
        Caller caller = Caller.of(http);
        return caller.has("payments.read") ? null : caller.name();
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }

    private static String requestId() {
        return Objects.requireNonNullElseGet(MDC.get("requestId"), () -> UUID.randomUUID().toString());
    }
}
