package io.datadrivenchanges.publisher;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/// `/actuator/audit`: GET tells what the newest audit found (404 before the first one), POST compares table and topic now (503 while
/// nothing is published, or if one of them cannot be read). Thread-safe.
@Endpoint(id = "audit")
final class AuditEndpoint {
    private final Publisher publisher;
    private final PublisherStatus status;

    AuditEndpoint(Publisher publisher, PublisherStatus status) {
        this.publisher = publisher;
        this.status = status;
    }

    @ReadOperation
    WebEndpointResponse<Audit> newest() {
        Audit audit = status.audit();
        return audit == null
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND)
                : new WebEndpointResponse<>(audit);
    }

    @WriteOperation
    WebEndpointResponse<Audit> compare() {
        try {
            return publisher.audit().map(WebEndpointResponse::new)
                    .orElseGet(() -> new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE));
        } catch (ExecutionException | TimeoutException _) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
    }
}
