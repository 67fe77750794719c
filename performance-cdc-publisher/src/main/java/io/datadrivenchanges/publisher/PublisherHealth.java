package io.datadrivenchanges.publisher;

import java.time.Duration;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/// `UP` while changes flow and the last heartbeat came through within five seconds; `STANDBY` while another publisher leads;
/// `DOWN` where a person is needed; `OUT_OF_SERVICE` otherwise, with the reason. Thread-safe.
final class PublisherHealth implements HealthIndicator {
    static final Duration MAX_WATERMARK_AGE = Duration.ofSeconds(5);
    private static final Status STANDBY = new Status("STANDBY");

    private final PublisherStatus status;

    PublisherHealth(PublisherStatus status) {
        this.status = status;
    }

    @Override
    public Health health() {
        PublisherStatus.View view = status.view();
        Duration age = status.watermarkAge();
        boolean fresh = age != null && age.compareTo(MAX_WATERMARK_AGE) <= 0;
        Status verdict = switch (view.state()) {
            case STREAMING -> fresh ? Status.UP : Status.OUT_OF_SERVICE;
            case STANDBY -> STANDBY;
            case BACKOFF -> view.needsPerson() ? Status.DOWN : Status.OUT_OF_SERVICE;
            case CHECKING, SNAPSHOTTING, DRAINING, STOPPED -> Status.OUT_OF_SERVICE;
        };
        Health.Builder health = Health.status(verdict).withDetail("state", view.state())
                .withDetail("since", view.since().toString())
                .withDetail("generation", view.generation());
        if (!view.detail().isEmpty()) {
            health.withDetail("reason", view.detail());
        }
        if (age != null) {
            health.withDetail("watermarkAgeMillis", age.toMillis());
        }
        return health.build();
    }
}
