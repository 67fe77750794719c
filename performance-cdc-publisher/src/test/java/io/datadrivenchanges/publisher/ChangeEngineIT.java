package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/// However an engine is ended, its connector stops in order: one that is interrupted meanwhile leaves its connections to
/// PostgreSQL behind.
@Isolated("looks at the threads of all engines")
class ChangeEngineIT {
    private final Pipe pipe = new Pipe(1);
    private final ChangeHandler handler = ChangeHandlerTest.handler(new MockProducer<>(true, null,
            new StringSerializer(), new StringSerializer()));

    @BeforeEach
    void makeASlot() {
        pipe.start().awaitFresh().stop();
        await().atMost(Pipe.LIMIT).until(() -> pipe.connected() == 0);
    }

    @AfterEach
    void close() {
        pipe.close();
    }

    @Test
    void leavesNoConnectionBehindWhenItIsClosedWhileItPolls() throws Exception {
        ChangeEngine engine = streaming();

        assertThat(engine.close(Pipe.LIMIT)).isTrue();

        assertThat(pipe.connected()).isZero();
    }

    @Test
    void leavesNoConnectionBehindWhenItIsClosedWhileItStops() throws Exception {
        ChangeEngine engine = streaming();
        handler.drain();
        await().atMost(Pipe.LIMIT).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                .until(ChangeEngineIT::stops);

        assertThat(engine.close(Pipe.LIMIT)).isTrue();

        assertThat(pipe.connected()).isZero();
    }

    private ChangeEngine streaming() throws Exception {
        var engine = new ChangeEngine(pipe.properties, new SlotPosition(OptionalLong.of(pipe.confirmed())), handler);
        CompletableFuture<Void> ended = engine.start();
        await().atMost(Pipe.LIMIT).until(() -> pipe.streams() || ended.isDone());
        assertThat(ended).isNotDone();
        return engine;
    }

    /// Whether the connector waits for its own threads, which is when an interrupt makes it give up.
    private static boolean stops() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey().getName().equals("publisher-engine"))
                .map(thread -> Stream.of(thread.getValue()).map(StackTraceElement::getMethodName).toList())
                .anyMatch(methods -> methods.contains("stopTask") && methods.contains("awaitTermination"));
    }
}
