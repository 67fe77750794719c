package io.datadrivenchanges.stack;

/// A part of the system; each is a process of its own: the database server of both services, the broker, the owner of the courier
/// performance, what carries it from the database to the topic, and what pays and compares.
public enum Part {
    POSTGRES("PostgreSQL", "POSTGRES_PORT", 15432), KAFKA("Kafka", "KAFKA_PORT", 19092), INCENTIVES(
            "incentives-service", "INCENTIVES_PORT", 8081), PUBLISHER("performance-cdc-publisher", "PUBLISHER_PORT",
                    8082), PAYMENTS("payments-service", "PAYMENTS_PORT", 8080);

    private final String title;
    private final String variable;
    private final int port;

    Part(String title, String variable, int port) {
        this.title = title;
        this.variable = variable;
        this.port = port;
    }

    /// Its name for people; for a service the name of its module.
    public String title() {
        return title;
    }

    /// The environment variable that chooses its port in the demo.
    public String portVariable() {
        return variable;
    }

    /// The port it has unless told otherwise.
    public int standardPort() {
        return port;
    }

    /// Whether it is a service of this project, which tells by `/actuator/health/readiness` whether it takes requests.
    public boolean isService() {
        return switch (this) {
            case POSTGRES, KAFKA -> false;
            case INCENTIVES, PUBLISHER, PAYMENTS -> true;
        };
    }
}
