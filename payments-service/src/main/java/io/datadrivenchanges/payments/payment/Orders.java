package io.datadrivenchanges.payments.payment;

import java.util.Currency;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

import io.datadrivenchanges.http.Problem;
import io.datadrivenchanges.http.ProblemType;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/// Makes orders of requests: checks every field, resolves the currency, and names all that is wrong at once. Thread-safe.
@Component
final class Orders {
    static final long MAX_COURIER_ID = (1L << 53) - 1;
    private static final Pattern DELIVERY_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

    private final PaymentsProperties properties;

    Orders(PaymentsProperties properties) {
        this.properties = properties;
    }

    /// Whether a text can be the id of a delivery.
    static boolean isDeliveryId(String text) {
        return DELIVERY_ID.matcher(text).matches();
    }

    /// The order that a request asks for.
    ///
    /// @throws io.datadrivenchanges.http.ProblemException 400 with an entry for each wrong field
    Order order(PaymentRequest request) {
        Problem problem = Problem.of(ProblemType.INVALID_FIELD, "The request cannot be paid as it is; see errors.");
        String deliveryId = request.deliveryId();
        if (deliveryId == null || !isDeliveryId(deliveryId)) {
            problem = problem.withError("deliveryId",
                    "must be a string of 1 to 64 characters of A-Z a-z 0-9 . _ : -, the first a letter or digit");
        }
        Long courierId = request.courierId();
        if (courierId == null || courierId < 1 || courierId > MAX_COURIER_ID) {
            problem = problem.withError("courierId", "must be an integer from 1 to " + MAX_COURIER_ID);
        }
        Optional<Currency> currency = currency(request.currency());
        if (currency.isEmpty()) {
            problem = problem.withError("currency", "must be the ISO 4217 code of a currency that is paid here");
        }
        int digits = currency.orElse(properties.defaultCurrency()).getDefaultFractionDigits();
        AmountText amount = request.amount();
        OptionalLong base = amount == null ? OptionalLong.empty() : amount.minorUnits(digits);
        if (base.isEmpty()) {
            problem = problem.withError("amount", "must be a plain number without sign or exponent, with at most "
                    + digits + " decimals");
        } else if (base.getAsLong() < 1 || base.getAsLong() > properties.maxAmountMinor()) {
            problem = problem.withError("amount", "must be from 1 to " + properties.maxAmountMinor()
                    + " in the smallest unit of the currency");
        }
        if (deliveryId == null || courierId == null || currency.isEmpty() || base.isEmpty()
                || !problem.errors().isEmpty()) {
            throw problem.raised();
        }
        return new Order(deliveryId, courierId, base.getAsLong(), currency.get().getCurrencyCode(), digits);
    }

    private Optional<Currency> currency(@Nullable JsonNode code) {
        if (code == null) {
            return Optional.of(properties.defaultCurrency());
        }
        if (!code.isString() || !CURRENCY.matcher(code.stringValue()).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Currency.getInstance(code.stringValue())).filter(properties::payable);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
