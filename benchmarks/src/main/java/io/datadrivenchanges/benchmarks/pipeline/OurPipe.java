package io.datadrivenchanges.benchmarks.pipeline;

import java.time.Duration;

import io.datadrivenchanges.cache.KafkaPerformanceCache;
import io.datadrivenchanges.stack.LocalStack;
import io.datadrivenchanges.stack.Part;

/// This system's own: the publisher as it is run everywhere, and the cache that Payments has.
final class OurPipe implements Pipe {
    private final LocalStack stack;
    private final KafkaPerformanceCache cache;
    private volatile Listener listener = (_, _, _) -> {};

    private OurPipe(LocalStack stack) {
        this.stack = stack;
        cache = KafkaPerformanceCache.builder().bootstrapServers(stack.kafka()).start();
        cache.onApplied((courierId, _, version, _, nanoTime) -> listener.visible(courierId, version, nanoTime));
    }

    /// Starts the publisher if it does not run, and a new cache.
    static OurPipe start(LocalStack stack) {
        stack.start(Part.PUBLISHER);
        return new OurPipe(stack);
    }

    @Override
    public ProcessHandle publisher() {
        return stack.process(Part.PUBLISHER);
    }

    @Override
    public void tell(Listener listener) {
        this.listener = listener;
    }

    @Override
    public boolean awaitVersion(Couriers.Version version, Duration limit) throws InterruptedException {
        return cache.awaitVersion(version.courierId(), version.version(), limit);
    }

    @Override
    public void close() {
        cache.close();
        stack.stop(Part.PUBLISHER);
    }
}
