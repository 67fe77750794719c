package io.datadrivenchanges.benchmarks.pipeline;

import io.datadrivenchanges.stack.LocalStack;

/// Who is compared.
enum Contender {
    FLOOR("floor", "floor"), DEBEZIUM_DEFAULTS("Debezium, defaults", "debezium_defaults"), OURS("ours", "incentives");

    private final String title;
    private final String database;

    Contender(String title, String database) {
        this.title = title;
        this.database = database;
    }

    /// The database that it alone captures: the service's, or a copy of that.
    String database() {
        return database;
    }

    Pipe start(LocalStack stack) {
        return switch (this) {
            case FLOOR -> SimplePipe.floor(stack, database);
            case DEBEZIUM_DEFAULTS -> SimplePipe.debeziumDefaults(stack, database);
            case OURS -> OurPipe.start(stack);
        };
    }

    /// The name for people.
    @Override
    public String toString() {
        return title;
    }
}
