package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// What one mismatch would have cost. Immutable.
///
/// @param currency as the [Impact] said
/// @param minorUnits above zero too much, below zero too little would have been paid
public record Amount(String currency, long minorUnits) {

    /// Under the key `cost`.
    static Json write(Json json, @Nullable Amount cost) {
        return cost == null
                ? json.text("cost", null)
                : json.key("cost").open().text("currency", cost.currency).number("minor_units", cost.minorUnits)
                        .close();
    }
}
