package io.datadrivenchanges.publisher;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The producer is Kafka's own double: transactions are real, acknowledgements come when the test says so.
class ChangeHandlerTest {
    private static final int RECORDS = 5;

    private final AtomicLong nanoTime = new AtomicLong();
    private final PublisherStatus status = new PublisherStatus(Clock.systemUTC());
    private final List<SourceRecord> marked = new ArrayList<>();
    private final MockProducer<String, String> producer = new MockProducer<>(false, null, new StringSerializer(),
            new StringSerializer());
    private final ChangeHandler handler = handler(producer, Marker.State.COMPLETE, status, nanoTime::get);

    @Test
    void marksNothingBeforeTheCommit() throws InterruptedException {
        handler.handle(changes(RECORDS), marked::add);
        acknowledge(RECORDS);

        assertThat(producer.commitCount()).isZero();
        assertThat(marked).isEmpty();
    }

    @Test
    void marksTheLastRecordOnceWhenTheIntervalIsOver() throws InterruptedException {
        List<SourceRecord> changes = changes(RECORDS);
        handler.handle(changes, marked::add);
        acknowledge(RECORDS);

        nanoTime.addAndGet(Duration.ofSeconds(5).toNanos());
        handler.handle(List.of(), marked::add);
        handler.handle(List.of(), marked::add);

        assertThat(producer.commitCount()).isEqualTo(1);
        assertThat(marked).containsExactly(changes.getLast());
    }

    @Test
    void commitsBeforeATransactionGrowsTooLarge() throws InterruptedException {
        var eager = new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());

        handler(eager, Marker.State.COMPLETE, status, nanoTime::get).handle(changes(ChangeHandler.MAX_UNCOMMITTED + 1),
                marked::add);

        assertThat(eager.commitCount()).isEqualTo(1);
        assertThat(marked).hasSize(1);
    }

    @Test
    void commitsAndMarksWithTheCallAfterADrain() throws InterruptedException {
        List<SourceRecord> changes = changes(2);
        handler.handle(changes, marked::add);
        acknowledge(2);

        handler.drain();
        assertThat(handler.drained()).isFalse();
        handler.handle(List.of(), marked::add);

        assertThat(handler.drained()).isTrue();
        assertThat(marked).containsExactly(changes.getLast());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, RECORDS - 1})
    void marksNothingOfATransactionWithARecordThatKafkaRefused(int refused) throws InterruptedException {
        handler.handle(changes(RECORDS), marked::add);
        for (int number = 0; number < RECORDS; number++) {
            assertThat(number == refused
                    ? producer.errorNext(new RecordTooLargeException("too large"))
                    : producer.completeNext()).isTrue();
        }

        nanoTime.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThatThrownBy(() -> handler.handle(changes(1), marked::add))
                .isInstanceOf(RecordTooLargeException.class);

        assertThat(marked).isEmpty();
    }

    @Test
    void marksNothingWhenTheCommitFails() throws InterruptedException {
        handler.handle(changes(RECORDS), marked::add);
        acknowledge(RECORDS);
        producer.commitTransactionException = new TimeoutException("no answer");

        nanoTime.addAndGet(Duration.ofSeconds(5).toNanos());
        assertThatThrownBy(() -> handler.handle(List.of(), marked::add)).isInstanceOf(TimeoutException.class);

        assertThat(marked).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, RECORDS - 1})
    void marksNothingWhenTheHandlerItselfFails(int failing) {
        assertMarksNothing(failing, Records.removal("d"), GenerationNeededException.class);
        assertMarksNothing(failing, Records.removal("t"), GenerationNeededException.class);
        assertMarksNothing(failing, snapshot(1), IllegalStateException.class);
        assertMarksNothing(failing, Records.withoutAColumn(), DataException.class);
    }

    private static void assertMarksNothing(int failing, SourceRecord unhandled, Class<? extends Exception> thrown) {
        var kafka = new MockProducer<>(false, null, new StringSerializer(), new StringSerializer());
        var marked = new ArrayList<SourceRecord>();
        List<SourceRecord> changes = changes(RECORDS);
        changes.set(failing, unhandled);

        assertThatThrownBy(() -> handler(kafka).handle(changes, marked::add)).isInstanceOf(thrown);

        assertThat(marked).isEmpty();
        assertThat(kafka.uncommittedRecords()).hasSize(failing);
    }

    @Test
    void refusesASnapshotThatNobodyOrdered() {
        assertThatThrownBy(() -> handler.handle(List.of(snapshot(1)), marked::add))
                .isInstanceOf(IllegalStateException.class);

        assertThat(producer.uncommittedRecords()).isEmpty();
    }

    @Test
    void completesAGenerationWithTheFirstChangeBehindTheSnapshot() throws InterruptedException {
        var eager = new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
        ChangeHandler building = handler(eager, Marker.State.BUILDING, status, nanoTime::get);

        building.handle(List.of(snapshot(1), snapshot(2)), marked::add);
        assertThat(eager.uncommittedRecords()).extracting(ProducerRecord::key).containsExactly("1", "2");

        building.handle(List.of(Records.heartbeat(1, "2026-01-01T00:00:00Z")), marked::add);
        assertThat(eager.history()).extracting(ProducerRecord::key).containsExactly("1", "2", "@generation");
        assertThat(eager.uncommittedRecords()).extracting(ProducerRecord::key).containsExactly("@heartbeat");
        assertThat(eager.history().get(2).value()).contains("\"state\":\"COMPLETE\",\"couriers\":2");
        assertThat(status.view().state()).isEqualTo(PublisherState.STREAMING);
    }

    @Test
    void commitsInTimeWhateverTheClockSays() throws InterruptedException {
        var jumping = new MockProducer<>(true, null, new StringSerializer(), new StringSerializer());
        ChangeHandler anHourBack = handler(jumping, Marker.State.COMPLETE, status, nanoTime::get,
                Clock.offset(Clock.systemUTC(), Duration.ofHours(-1)));
        anHourBack.handle(changes(1), marked::add);

        nanoTime.addAndGet(Duration.ofSeconds(5).toNanos());
        anHourBack.handle(List.of(), marked::add);

        assertThat(marked).hasSize(1);
    }

    @Test
    void stampsEveryRecord() throws InterruptedException {
        handler.handle(changes(1), marked::add);

        assertThat(producer.uncommittedRecords().getFirst().headers()).extracting(Header::key)
                .containsExactly("pos", "lsn", "op", "recv");
    }

    /// What the tests above are good for: a transaction that says it was committed although nobody waited, as a plain
    /// producer without acknowledgements would, makes the handler mark what Kafka has not got.
    @Test
    void wouldMarkTooEarlyIfTheCommitDidNotWait() throws InterruptedException {
        var careless = new MockProducer<>(false, null, new StringSerializer(), new StringSerializer()) {
            @Override
            public void commitTransaction() {
                // Sabotage: nobody waits for the acknowledgements.
            }
        };
        ChangeHandler sabotaged = handler(careless, Marker.State.COMPLETE, status, nanoTime::get);
        sabotaged.handle(changes(RECORDS), marked::add);
        nanoTime.addAndGet(Duration.ofSeconds(5).toNanos());
        sabotaged.handle(List.of(), marked::add);

        assertThat(marked).isNotEmpty();
        assertThat(careless.errorNext(new KafkaException("lost"))).as("a record was marked and then lost").isTrue();
    }

    /// One that continues a generation.
    static ChangeHandler handler(MockProducer<String, String> kafka) {
        return handler(kafka, Marker.State.COMPLETE, new PublisherStatus(Clock.systemUTC()), System::nanoTime);
    }

    private static ChangeHandler handler(MockProducer<String, String> kafka, Marker.State state, PublisherStatus status,
            LongSupplier nanoTime) {
        return handler(kafka, state, status, nanoTime, Clock.systemUTC());
    }

    private static ChangeHandler handler(MockProducer<String, String> kafka, Marker.State state, PublisherStatus status,
            LongSupplier nanoTime, Clock clock) {
        kafka.initTransactions();
        var metrics = new PublisherMetrics(new SimpleMeterRegistry(), status);
        var topic = new PublisherProperties.Topic("couriers", 1, (short) 1, false);
        var marker = new Marker(1, state, 0, "1", 1, Reason.NO_MARKER, Instant.EPOCH);
        return new ChangeHandler(new TopicWriter(kafka, topic, nanoTime, metrics), Map.of(0, marker), "publisher-1",
                status, metrics, clock, nanoTime, Limits.STANDARD.commitInterval());
    }

    private void acknowledge(int records) {
        for (int number = 0; number < records; number++) {
            assertThat(producer.completeNext()).isTrue();
        }
    }

    private static List<SourceRecord> changes(int count) {
        List<SourceRecord> changes = new ArrayList<>();
        for (int number = 1; number <= count; number++) {
            changes.add(Records.change("u", number, "HIGH", 2, "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"));
        }
        return changes;
    }

    private static SourceRecord snapshot(long courier) {
        return Records.snapshot(courier, "NORMAL", 1, "2026-01-01T00:00:00Z");
    }
}
