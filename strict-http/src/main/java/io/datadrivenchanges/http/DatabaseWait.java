package io.datadrivenchanges.http;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationPreparedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/// Holds a start until the database lets in the role that migrates it and the role that works with it, because services
/// start in any order. It tries once a second for as long as it takes and says so: at the first failure, when the reason
/// changes, and every 30 seconds. Services without `spring.datasource.url`, or with `spring.flyway.enabled=false`, do not
/// wait.
///
/// What no waiting mends stops the start at once: an address that no driver understands, and a server that is there and
/// refuses the access as configured. A host name that nobody knows is waited for: a container's name is known only while it
/// runs.
///
/// This comes before the context is refreshed, while the process can still be stopped: a context that is being refreshed
/// cannot be closed.
final class DatabaseWait implements ApplicationListener<ApplicationPreparedEvent> {
    private static final Logger log = LoggerFactory.getLogger(DatabaseWait.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration REMINDER = Duration.ofSeconds(30);
    /// First characters of the SQL states that say: not with this role, this password, this database, these parameters.
    private static final List<String> FOR_GOOD = List.of("28", "3D", "22", "08004");
    private static final String REMEDY = "Correct spring.datasource.url, or user and password in spring.datasource.* and spring.flyway.*.";

    @Override
    public void onApplicationEvent(ApplicationPreparedEvent event) {
        Environment environment = event.getApplicationContext().getEnvironment();
        String url = environment.getProperty("spring.datasource.url");
        if (url == null || !environment.getProperty("spring.flyway.enabled", Boolean.class, true)) {
            return;
        }
        var stopping = new CountDownLatch(1);
        var hook = new Thread(stopping::countDown, "stop-waiting-for-database");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            requireDriver(url);
            if (environment.containsProperty("spring.flyway.user")) {
                await(url, credentials(environment, "spring.flyway.user", "spring.flyway.password"), stopping);
            }
            await(url, credentials(environment, "spring.datasource.username", "spring.datasource.password"), stopping);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while waiting for the database", e);
        } finally {
            if (stopping.getCount() > 0) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
        }
    }

    private static void requireDriver(String url) {
        try {
            DriverManager.getDriver(url);
        } catch (SQLException _) {
            throw new MisconfiguredException(
                    "No database driver understands spring.datasource.url=" + withoutParameters(url) + ".",
                    "Write it as jdbc:postgresql://host:port/database.");
        }
    }

    private static Properties credentials(Environment environment, String user, String password) {
        var credentials = new Properties();
        put(credentials, "user", environment.getProperty(user));
        put(credentials, "password", environment.getProperty(password));
        put(credentials, "connectTimeout", "2");
        put(credentials, "socketTimeout", "5");
        return credentials;
    }

    private static void put(Properties credentials, String key, @Nullable String value) {
        if (value != null) {
            credentials.setProperty(key, value);
        }
    }

    private static void await(String url, Properties credentials, CountDownLatch stopping) throws InterruptedException {
        long start = System.nanoTime();
        long reminded = start;
        String reported = "";
        for (String reason = refusal(url, credentials); !reason.isEmpty(); reason = refusal(url, credentials)) {
            if (!reason.equals(reported) || System.nanoTime() - reminded > REMINDER.toNanos()) {
                log.atInfo().addKeyValue("event.action", "stack.waiting").addKeyValue("dependency", "postgresql")
                        .addKeyValue("elapsed", since(start))
                        .log("Waiting for {}, {} so far: {}", withoutParameters(url), since(start), reason);
                reported = reason;
                reminded = System.nanoTime();
            }
            if (stopping.await(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("Stopped while waiting for the database");
            }
        }
        if (!reported.isEmpty()) {
            log.atInfo().addKeyValue("event.action", "stack.ready").addKeyValue("dependency", "postgresql")
                    .addKeyValue("elapsed", since(start))
                    .log("{} is there after {}", withoutParameters(url), since(start));
        }
    }

    /// Why no connection is to be had as yet, in one line; empty if there is one.
    ///
    /// @throws MisconfiguredException if there will never be one
    private static String refusal(String url, Properties credentials) {
        try (Connection _ = DriverManager.getConnection(url, credentials)) {
            return "";
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            String reason = state + " " + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            if (FOR_GOOD.stream().anyMatch(state::startsWith)) {
                throw new MisconfiguredException(
                        "The database " + withoutParameters(url) + " does not let this service in: " + reason,
                        REMEDY);
            }
            return reason;
        }
    }

    private static Duration since(long start) {
        return Duration.ofSeconds(Duration.ofNanos(System.nanoTime() - start).toSeconds());
    }

    /// Parameters of the URL may hold a password.
    private static String withoutParameters(String url) {
        int query = url.indexOf('?');
        return query < 0 ? url : url.substring(0, query);
    }
}
