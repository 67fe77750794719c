package io.datadrivenchanges.payments.payment;

import java.util.Currency;
import java.util.Map;
import java.util.Set;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/// What may be paid and how much at once.
///
/// @param defaultCurrency Currency of a request that names none.
/// @param currencies Currencies that may be paid; empty = all with 0 to 3 decimals.
/// @param maxAmountMinor Largest base of a payment, in minor units of its currency.
/// @param incentives Read by the client of Incentives; named here because unknown keys are refused.
/// @param stageGuard Read by the guard of the stage; named here for the same reason.
@Validated
@ConfigurationProperties(value = "payments", ignoreUnknownFields = false)
record PaymentsProperties(
        @DefaultValue("EUR") Currency defaultCurrency,
        @DefaultValue Set<Currency> currencies,
        @DefaultValue("100000000") @Min(1) @Max(999_999_999_999L) long maxAmountMinor,
        @DefaultValue Map<String, String> incentives,
        @DefaultValue Map<String, String> stageGuard) {

    PaymentsProperties {
        currencies = Set.copyOf(currencies);
        incentives = Map.copyOf(incentives);
        stageGuard = Map.copyOf(stageGuard);
        if (!payable(defaultCurrency, currencies)) {
            throw new IllegalArgumentException("payments.default-currency is not among those that can be paid");
        }
    }

    /// Whether a currency can be paid.
    boolean payable(Currency currency) {
        return payable(currency, currencies);
    }

    private static boolean payable(Currency currency, Set<Currency> currencies) {
        int digits = currency.getDefaultFractionDigits();
        return digits >= 0 && digits <= 3 && (currencies.isEmpty() || currencies.contains(currency));
    }
}
