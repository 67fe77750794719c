package io.datadrivenchanges.http;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class DatabaseWaitIT {
    private static final String URL = "spring.datasource.url=jdbc:late://here/db?password=hidden";

    private final LateDriver driver = new LateDriver(2);

    @BeforeEach
    void register() throws SQLException {
        DriverManager.registerDriver(driver);
    }

    @AfterEach
    void deregister() throws SQLException {
        DriverManager.deregisterDriver(driver);
    }

    @Test
    void startsAsSoonAsTheDatabaseIsThere(CapturedOutput output) throws Exception {
        try (var sample = Sample.start(URL)) {
            assertThat(sample.get("/public").statusCode()).isEqualTo(200);
        }

        assertThat(driver.attempts).hasValue(3);
        assertThat(output).containsOnlyOnce("Waiting for jdbc:late://here/db, PT0S so far: 08001 not yet")
                .contains("jdbc:late://here/db is there after PT2S")
                .doesNotContain("hidden").doesNotContain("\tat ");
    }

    @Test
    void doesNotWaitWhereNothingIsMigrated() {
        try (var _ = Sample.start(URL, "spring.flyway.enabled=false")) {
            assertThat(driver.attempts).hasValue(0);
        }
    }

    /// A database that refuses the first connections.
    private static final class LateDriver implements Driver {
        private final AtomicInteger attempts = new AtomicInteger();
        private final int refusals;

        LateDriver(int refusals) {
            this.refusals = refusals;
        }

        @Override
        public @Nullable Connection connect(String url, Properties info) throws SQLException {
            if (!acceptsURL(url)) {
                return null;
            }
            if (attempts.incrementAndGet() <= refusals) {
                throw new SQLException("not yet\nand a second line", "08001");
            }
            return (Connection) Proxy.newProxyInstance(Connection.class.getClassLoader(),
                    new Class<?>[]{Connection.class},
                    (_, _, _) -> null);
        }

        @Override
        public boolean acceptsURL(String url) {
            return url.startsWith("jdbc:late:");
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() {
            return Logger.getGlobal();
        }
    }
}
