package io.datadrivenchanges.publisher;

import org.springframework.context.SmartLifecycle;

/// Starts the publisher with the process and stops it before the HTTP server. Thread-safe.
final class PublisherLifecycle implements SmartLifecycle {
    private final Publisher publisher;
    private volatile boolean running;

    PublisherLifecycle(Publisher publisher) {
        this.publisher = publisher;
    }

    @Override
    public void start() {
        publisher.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        publisher.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
