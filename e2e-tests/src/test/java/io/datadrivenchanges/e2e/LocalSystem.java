package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import io.datadrivenchanges.stack.LocalStack;
import io.datadrivenchanges.stack.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The system as processes of this machine, without Docker: what `./demo` starts, on free ports.
final class LocalSystem implements RunningSystem {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSystem.class);
    private static final Path ROOT = Path.of("..");
    private static final Path LOGS = Path.of("target/local-logs");

    private final LocalStack stack;

    private LocalSystem(LocalStack stack) {
        this.stack = stack;
    }

    /// A stack of which each service starts fast: together the tests start them some forty times.
    static LocalStack.Builder builder() {
        LocalStack.prepare(ROOT, LOG::info);
        return LocalStack.of(ROOT).says(LOG::info);
    }

    /// Starts everything and returns when every part is ready.
    static LocalSystem start(Duration period) {
        return start(period, UnaryOperator.identity());
    }

    /// The same with more settings.
    static LocalSystem start(Duration period, UnaryOperator<LocalStack.Builder> settings) {
        return new LocalSystem(settings.apply(builder()
                .set(Part.PAYMENTS, "experiment.period", period.toMillis() + "ms")).start());
    }

    /// What it is made of, for those who break it in ways that containers have not.
    LocalStack stack() {
        return stack;
    }

    /// The table that Incentives owns.
    CourierTable courierTable() {
        return new CourierTable(stack.postgres().jdbcUrl("incentives"));
    }

    @Override
    public URI payments() {
        return stack.payments();
    }

    @Override
    public URI incentives() {
        return stack.incentives();
    }

    @Override
    public String kafka() {
        return stack.kafka();
    }

    @Override
    public List<String> log(Part service) {
        return stack.log(service);
    }

    @Override
    public String database(String name) {
        return stack.postgres().jdbcUrl(name);
    }

    @Override
    public void kill(Part part) {
        stack.kill(part);
    }

    @Override
    public void stop(Part part) {
        stack.stop(part);
    }

    @Override
    public void start(Part part) {
        stack.start(part);
    }

    @Override
    public void freeze(Part part) {
        stack.freeze(part);
    }

    @Override
    public void thaw(Part part) {
        stack.thaw(part);
    }

    @Override
    public void restartPayments(Map<String, String> settings) {
        stack.stop(Part.PAYMENTS);
        stack.start(Part.PAYMENTS, settings);
    }

    /// Keeps what the services said, then removes everything.
    @Override
    public void close() {
        try (stack) {
            if (!stack.closed()) {
                Files.createDirectories(LOGS);
                for (Part service : List.of(Part.INCENTIVES, Part.PUBLISHER, Part.PAYMENTS)) {
                    Files.write(LOGS.resolve(service.title() + ".log"), stack.log(service));
                }
            }
        } catch (IOException e) {
            LOG.warn("The logs of the services are not kept", e);
        }
    }
}
