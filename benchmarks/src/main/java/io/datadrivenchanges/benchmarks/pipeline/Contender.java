package io.datadrivenchanges.benchmarks.pipeline;

import io.datadrivenchanges.stack.LocalStack;

/// Who is compared.
enum Contender {
    FLOOR("floor"), DEBEZIUM_DEFAULTS("Debezium, defaults"), OURS("ours");

    private final String title;

    Contender(String title) {
        this.title = title;
    }

    Pipe start(LocalStack stack) {
        return switch (this) {
            case FLOOR -> SimplePipe.floor(stack);
            case DEBEZIUM_DEFAULTS -> SimplePipe.debeziumDefaults(stack);
            case OURS -> OurPipe.start(stack);
        };
    }

    /// The name for people.
    @Override
    public String toString() {
        return title;
    }
}
