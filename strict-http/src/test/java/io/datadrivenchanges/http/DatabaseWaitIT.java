package io.datadrivenchanges.http;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

    @ParameterizedTest
    @ValueSource(strings = {"postgresql://127.0.0.1/db", "jdbc:nobody://here/db", "jdbc:late", ""})
    void failsAtOnceOnAnAddressThatNoDriverUnderstands(String url, CapturedOutput output) {
        assertThatThrownBy(() -> Sample.start("spring.datasource.url=" + url))
                .isInstanceOf(MisconfiguredException.class);

        assertThat(output).contains("No database driver understands spring.datasource.url=" + url + ".")
                .doesNotContain("Waiting for").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"28P01", "28000", "3D000", "22023", "08004"})
    void failsAtOnceWhereTheServerRefusesTheAccess(String state, CapturedOutput output) {
        driver.state = state;

        assertThatThrownBy(() -> Sample.start(URL)).isInstanceOf(MisconfiguredException.class);

        assertThat(driver.attempts).hasValue(1);
        assertThat(output)
                .contains("The database jdbc:late://here/db does not let this service in: " + state + " not yet")
                .contains("Correct spring.datasource.url")
                .doesNotContain("hidden").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"08001", "08006", "57P03", "53300"})
    void waitsForWhatMayStillCome(String state, CapturedOutput output) {
        driver.state = state;

        Sample.start(URL).close();

        assertThat(output).contains("Waiting for jdbc:late://here/db, PT0S so far: " + state);
    }

    @Test
    void asksForTheMigratingRoleAndForTheWorkingOne() {
        try (var _ = Sample.start(URL, "spring.flyway.user=migrator", "spring.datasource.username=worker")) {
            assertThat(driver.users).containsExactly("migrator", "migrator", "migrator", "worker");
        }
    }

    /// A database that refuses the first connections.
    private static final class LateDriver implements Driver {
        private final AtomicInteger attempts = new AtomicInteger();
        private final List<@Nullable String> users = new ArrayList<>();
        private String state = "08001";
        private final int refusals;

        LateDriver(int refusals) {
            this.refusals = refusals;
        }

        @Override
        public @Nullable Connection connect(String url, Properties info) throws SQLException {
            if (!acceptsURL(url)) {
                return null;
            }
            users.add(info.getProperty("user"));
            if (attempts.incrementAndGet() <= refusals) {
                throw new SQLException("not yet\nand a second line", state);
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
