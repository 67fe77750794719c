package io.datadrivenchanges.payments.payment;

import java.util.OptionalLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class AmountTextTest {

    @ParameterizedTest
    @CsvSource({"100, 2, 10000", "100.0, 2, 10000", "100.00, 2, 10000", "0.01, 2, 1", "0, 2, 0", "115, 0, 115",
            "1.015, 3, 1015", "999999999999.999, 3, 999999999999999"})
    void readsMinorUnits(String text, int decimals, long minor) {
        assertThat(AmountText.of(text).minorUnits(decimals)).hasValue(minor);
    }

    @ParameterizedTest
    @CsvSource({"100.000, 2", "1.5, 0", "0.001, 2"})
    void refusesMoreDecimalsThanTheCurrencyHas(String text, int decimals) {
        assertThat(AmountText.of(text).minorUnits(decimals)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-0", "+1", "1e2", "1E2", "1e1000000000", "0100", "00", ".5", "5.", "1.0000",
            "1000000000000",
            "NaN", "", " 1", "1 ", "0x10", "1_000", "١"})
    void refusesWhatIsNoPlainNumber(String text) {
        assertThat(AmountText.of(text).minorUnits(3)).isEqualTo(OptionalLong.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"100\"", "true", "[100]", "{\"a\":[1]}", "1e2", "-5"})
    void takesNothingButPlainNumbersFromJson(String json) {
        assertThat(JsonMapper.shared().readValue(json, AmountText.class).digits()).isEmpty();
    }

    @Test
    void keepsTheDigitsOfTheRequest() {
        assertThat(JsonMapper.shared().readValue("100.000", AmountText.class).digits()).hasValue("100.000");
    }
}
