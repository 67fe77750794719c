package io.datadrivenchanges.payments.performance;

import java.io.IOException;

import io.datadrivenchanges.cache.Couriers;
import io.datadrivenchanges.cache.PerformanceCache;
import io.datadrivenchanges.experiment.audit.Audit;
import io.datadrivenchanges.experiment.audit.AuditLimits;
import io.datadrivenchanges.experiment.audit.AuditReport;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/// Compares all couriers of Incentives with all couriers of this instance's cache, whether they are ever paid or not. Thread-safe.
@Component
public final class CourierAudit {
    private final RestClient incentives;
    private final AccessToken token;
    private final PerformanceCache cache;
    private final AuditLimits limits;

    CourierAudit(RestClient.Builder client, IncentivesProperties properties, PerformanceCache cache,
            AuditLimits limits) {
        incentives = IncentivesCouriers.client(client, properties);
        token = new AccessToken(properties.tokenFile());
        this.cache = cache;
        this.limits = limits;
    }

    /// Compares them once, for as long as `experiment.audit.max-time` at most.
    ///
    /// @throws IOException if Incentives or the cache cannot be read
    /// @throws InterruptedException if the thread is interrupted
    public AuditReport<Long> compare() throws IOException, InterruptedException {
        Couriers couriers = cache.couriers().orElseThrow(
                () -> new IOException("The cache cannot be compared: " + cache.status().detail()));
        long origin = System.nanoTime();
        return new Audit(limits).compare(new IncentivesCouriers(incentives, token, origin),
                new CopiedCouriers(couriers, origin));
    }
}
