package io.datadrivenchanges.stack;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PostgresServerIT {

    @TempDir
    Path folder;

    @Test
    void isDurableAndLogical() throws SQLException {
        try (var postgres = PostgresServer.start(folder, 0)) {
            assertThat(query(postgres, "postgres", "SHOW fsync")).isEqualTo("on");
            assertThat(query(postgres, "postgres", "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(query(postgres, "postgres", "SHOW wal_level")).isEqualTo("logical");
        }
    }

    @Test
    void keepsCommittedDataWhenKilled() throws SQLException {
        try (var postgres = PostgresServer.start(folder, 0)) {
            postgres.run("CREATE ROLE shop LOGIN; CREATE DATABASE shop OWNER shop;");
            postgres.run("shop", "CREATE TABLE t (id int); INSERT INTO t VALUES (7);");

            postgres.kill();
            assertThatThrownBy(() -> query(postgres, "shop", "SELECT id FROM t")).isInstanceOf(SQLException.class);
            postgres.restart();

            assertThat(query(postgres, "shop", "SELECT id FROM t")).isEqualTo("7");
        }
    }

    @Test
    void startsAgainOnTheSamePort() throws SQLException {
        try (var postgres = PostgresServer.start(folder, 0)) {
            int port = postgres.port();

            postgres.restart();

            assertThat(postgres.port()).isEqualTo(port);
            assertThat(query(postgres, "postgres", "SHOW port")).isEqualTo(Integer.toString(port));
        }
    }

    @Test
    void saysWhichStatementFails() {
        try (var postgres = PostgresServer.start(folder, 0)) {
            assertThatThrownBy(() -> postgres.run("SELECT 1; SELEC 2;")).isInstanceOf(StackException.class)
                    .hasMessageContaining("SELEC 2")
                    .hasMessageContaining("syntax error");
        }
    }

    private static String query(PostgresServer postgres, String database, String sql) throws SQLException {
        try (var connection = DriverManager.getConnection(postgres.jdbcUrl(database), "postgres", "");
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
