package io.datadrivenchanges.benchmarks.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import io.datadrivenchanges.stack.CompilerTiers;
import io.datadrivenchanges.stack.JavaProgram;
import io.datadrivenchanges.stack.LocalStack;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.TopicExistsException;

/// A publisher of this module as a process of its own, a topic of its own, and the simplest reader there is: what one would
/// write first.
final class SimplePipe implements Pipe {
    private static final Duration TOPIC_LIMIT = Duration.ofSeconds(30);
    private static final long POLL_NANOS = Duration.ofMillis(5).toNanos();
    private static final String HEAP = "128m";

    private final JavaProgram publisher;
    private final MapReader reader;

    private SimplePipe(JavaProgram publisher, MapReader reader) {
        this.publisher = publisher;
        this.reader = reader;
    }

    /// The hand-written loop without Debezium.
    static SimplePipe floor(LocalStack stack, String database) {
        return start(stack, FloorPublisher.class, database, FloorPublisher::read);
    }

    /// Debezium's engine as it is configured out of the box.
    static SimplePipe debeziumDefaults(LocalStack stack, String database) {
        return start(stack, DebeziumPublisher.class, database, DebeziumPublisher::read);
    }

    private static SimplePipe start(LocalStack stack, Class<?> program, String database,
            MapReader.Decoder decoder) {
        createTopic(stack.kafka(), database);
        var reader = new MapReader(stack.kafka(), database, decoder);
        JavaProgram publisher = JavaProgram.start(program, HEAP, CompilerTiers.ALL,
                List.of(Integer.toString(stack.postgres().port()), stack.kafka(), database), stack.folder());
        return new SimplePipe(publisher, reader);
    }

    private static void createTopic(String kafka, String name) {
        try (var admin = Admin.create(Map.of("bootstrap.servers", kafka))) {
            admin.createTopics(List.of(new NewTopic(name, 1, (short) 1))).all().get(TOPIC_LIMIT.toSeconds(),
                    TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("Topic " + name + " was not created", e);
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("Topic " + name + " was not created", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while creating a topic", e);
        }
    }

    @Override
    public ProcessHandle publisher() {
        return publisher.process();
    }

    @Override
    public void tell(Listener listener) {
        reader.tell(listener);
    }

    @Override
    public boolean awaitVersion(Couriers.Version version, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (reader.versionOf(version.courierId()) < version.version()) {
            if (!publisher.process().isAlive()) {
                throw new IllegalStateException("The publisher has ended:\n" + publisher.output());
            }
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    @Override
    public void close() {
        publisher.close();
        reader.close();
    }
}
