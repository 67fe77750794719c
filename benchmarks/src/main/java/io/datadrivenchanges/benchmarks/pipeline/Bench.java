package io.datadrivenchanges.benchmarks.pipeline;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import io.datadrivenchanges.stack.CompilerTiers;
import io.datadrivenchanges.stack.LocalStack;
import io.datadrivenchanges.stack.Part;

/// A local stack in which only what is measured runs. Confined to one thread.
record Bench(LocalStack stack) implements AutoCloseable {
    /// Starts everything, ends both services and the publisher, which are in the way, and gives each contender its database.
    static Bench start(Path repository) throws SQLException {
        LocalStack stack = LocalStack.of(repository).compilerTiers(CompilerTiers.ALL).start();
        try {
            stack.kill(Part.PAYMENTS);
            stack.kill(Part.INCENTIVES);
            stack.stop(Part.PUBLISHER);
            copyDatabases(stack);
            return new Bench(stack);
        } catch (SQLException | RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    /// While nobody is connected to the service's: PostgreSQL copies no database that is in use.
    private static void copyDatabases(LocalStack stack) throws SQLException {
        try (Connection server = DriverManager.getConnection(stack.postgres().jdbcUrl("postgres") + "?user=postgres");
                Statement statement = server.createStatement()) {
            for (Contender contender : Contender.values()) {
                if (contender != Contender.OURS) {
                    statement.executeUpdate("CREATE DATABASE " + contender.database() + " TEMPLATE "
                            + Contender.OURS.database());
                }
            }
        }
    }

    /// Where a contender's couriers are changed.
    String jdbcUrl(Contender contender) {
        return stack.postgres().jdbcUrl(contender.database()) + "?user=incentives_app";
    }

    @Override
    public void close() {
        stack.close();
    }
}
