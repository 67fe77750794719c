package io.datadrivenchanges.incentives;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import io.datadrivenchanges.stack.PostgresServer;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// PostgreSQL, once per JVM, and the service on it with free ports.
final class RunningIncentives implements AutoCloseable {
    private static final PostgresServer POSTGRES = startPostgres();

    private final ConfigurableApplicationContext context;

    private RunningIncentives(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static RunningIncentives start(String... arguments) {
        var all = new ArrayList<>(
                List.of("--server.port=0", "--spring.datasource.url=" + POSTGRES.jdbcUrl("incentives")));
        all.addAll(List.of(arguments));
        return new RunningIncentives(SpringApplication.run(IncentivesService.class, all.toArray(String[]::new)));
    }

    private static PostgresServer startPostgres() {
        try {
            var postgres = PostgresServer.start(Files.createTempDirectory(Path.of("target"), "postgres"), 0);
            try (var roles = IncentivesService.class.getResourceAsStream("/database/roles.sql")) {
                if (roles == null) {
                    throw new IllegalStateException("database/roles.sql is not on the class path");
                }
                postgres.run(new String(roles.readAllBytes(), StandardCharsets.UTF_8));
            }
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static PostgresServer postgres() {
        return POSTGRES;
    }

    static Connection connect(String role) throws SQLException {
        return DriverManager.getConnection(POSTGRES.jdbcUrl("incentives"), role, role);
    }

    int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    Http http() {
        return new Http(port());
    }

    @Override
    public void close() {
        context.close();
    }
}
