package io.datadrivenchanges.traffic;

/// A delivery to be paid.
///
/// @param id unique for ever; the same id with the same content is the same payment
/// @param courierId who delivered, greater than 0
/// @param onTime whether it was delivered on time
/// @param cents its base amount
record Delivery(String id, long courierId, boolean onTime, long cents) {
    private static final long MIN_CENTS = 400;
    private static final long SPREAD_CENTS = 1_000;

    /// A delivery whose amount follows from its id: 4.00 to 13.99, since neither the trace nor the generator knows money.
    static Delivery of(String id, long courierId, boolean onTime) {
        return new Delivery(id, courierId, onTime, MIN_CENTS + Math.floorMod(id.hashCode() * 31L, SPREAD_CENTS));
    }

    /// The body of its payment, always the same text.
    String payment() {
        return "{\"deliveryId\":\"%s\",\"courierId\":%d,\"amount\":%d.%02d}"
                .formatted(id, courierId, cents / 100, cents % 100);
    }
}
