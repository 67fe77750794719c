package io.datadrivenchanges.payments.payment;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.deser.std.StdDeserializer;

/// An amount as the digits that stood in the request. A number type would lose them (`100.000`) or burn the processor on
/// them (`1e1000000000`).
///
/// @param digits empty if the JSON value was no number, or one with a sign, an exponent or too many digits
@JsonDeserialize(using = AmountText.Deserializer.class)
record AmountText(Optional<String> digits) {
    private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,11})(\\.[0-9]{1,3})?");

    static AmountText of(String text) {
        return new AmountText(Optional.of(text).filter(FORM.asMatchPredicate()));
    }

    /// The amount in minor units of a currency with so many decimals; empty if it is no plain number or has more decimals.
    OptionalLong minorUnits(int decimals) {
        if (digits.isEmpty()) {
            return OptionalLong.empty();
        }
        String text = digits.get();
        int point = text.indexOf('.');
        String whole = point < 0 ? text : text.substring(0, point);
        String fraction = point < 0 ? "" : text.substring(point + 1);
        return fraction.length() > decimals
                ? OptionalLong.empty()
                : OptionalLong.of(Long.parseLong(whole + fraction + "0".repeat(decimals - fraction.length())));
    }

    static final class Deserializer extends StdDeserializer<AmountText> {
        Deserializer() {
            super(AmountText.class);
        }

        @Override
        public AmountText deserialize(JsonParser parser, DeserializationContext context) {
            JsonToken token = parser.currentToken();
            if (token == JsonToken.VALUE_NUMBER_INT || token == JsonToken.VALUE_NUMBER_FLOAT) {
                return of(parser.getString());
            }
            parser.skipChildren();
            return new AmountText(Optional.empty());
        }
    }
}
