package io.datadrivenchanges.benchmarks.rebuild;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Properties;

import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.Stores;

/// A global table of Kafka Streams. It keeps the records' bytes and decodes at each lookup, so its store is the one in
/// memory: with the default one the couriers would lie outside the heap, in RocksDB.
final class GlobalTable implements LocalTable {
    private static final String STORE = "couriers";
    private static final Duration CLOSE = Duration.ofSeconds(10);

    private final KafkaStreams streams;

    GlobalTable(CourierTopic topic) {
        var builder = new StreamsBuilder();
        builder.globalTable(CourierTopic.NAME, Consumed.with(Serdes.String(), Serdes.ByteArray()),
                Materialized.as(Stores.inMemoryKeyValueStore(STORE)));
        var settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, "rebuild-benchmark");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, topic.bootstrapServers());
        settings.put(StreamsConfig.STATE_DIR_CONFIG, temporaryFolder());
        CourierTopic.READING.forEach((name, value) -> settings.put(StreamsConfig.globalConsumerPrefix(name), value));
        streams = new KafkaStreams(builder.build(), settings);
    }

    private static String temporaryFolder() {
        try {
            return Files.createTempDirectory("rebuild-streams").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The start of Kafka Streams returns once its global tables have been read to their ends.
    @Override
    public void rebuild() {
        streams.start();
    }

    @Override
    public long version(long courierId) {
        byte[] value = streams
                .store(StoreQueryParameters.fromNameAndType(STORE,
                        QueryableStoreTypes.<String, byte[]>keyValueStore()))
                .get(Long.toString(courierId));
        return value == null ? 0 : HandDecoding.courier(value).version();
    }

    @Override
    public void close() {
        streams.close(CLOSE);
        streams.cleanUp();
    }
}
