package io.datadrivenchanges.e2e;

import java.net.URI;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import io.datadrivenchanges.stack.Part;

/// The whole system while it runs, as a scenario sees it: addresses, a log, and parts that can be broken.
///
/// The scenarios are written against this interface once; how the parts run is the business of its implementations.
/// Confined to one thread, except for [#payments()], [#incentives()] and [#kafka()].
interface RunningSystem extends AutoCloseable {

    /// Where payments-service listens, without a path.
    URI payments();

    /// Where incentives-service listens, without a path.
    URI incentives();

    /// Kafka's bootstrap servers as this process reaches them.
    String kafka();

    /// What a service has logged since the system was started, across its restarts: one message or line of a stack trace per
    /// element, oldest first. Lines may carry a prefix (time, level, logger) before the message.
    List<String> log(Part service);

    /// The JDBC address of a database, without credentials.
    String database(String name);

    /// The number that a query of one row and one column gives, asked with the rights that the service has in its database.
    default long number(String database, String query) throws SQLException {
        String role = database.equals("payments") ? "pay_app" : "incentives_app";
        try (var connection = DriverManager.getConnection(database(database), role, role);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /// Ends a part the way a power cut does (SIGKILL) and returns when it is gone.
    void kill(Part part);

    /// Ends a part the way an operator does and returns when it is gone.
    void stop(Part part);

    /// Starts a part on the data it left behind and returns when it is ready; does nothing for a part that runs.
    ///
    /// @throws IllegalStateException if the part is not ready within [Limits#START]
    void start(Part part);

    /// Holds a part where it is: it does nothing, keeps its connections and does not notice.
    void freeze(Part part);

    /// Lets a frozen part go on.
    void thaw(Part part);

    /// Stops payments-service and starts it with these settings on top of its own.
    ///
    /// @param settings Spring Boot properties by name; none = its own settings alone
    void restartPayments(Map<String, String> settings);

    /// Ends every part and removes what it left; a second call does nothing.
    @Override
    void close();
}
