package io.datadrivenchanges.publisher;

/// Couriers disappeared from the table: the generation that still shows them has to be replaced.
final class CouriersRemovedException extends RuntimeException {
    private final Reason reason;

    CouriersRemovedException(Reason reason) {
        super(reason.sentence());
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
