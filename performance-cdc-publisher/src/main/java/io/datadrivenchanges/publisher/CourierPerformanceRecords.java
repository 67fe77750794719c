package io.datadrivenchanges.publisher;

import java.util.Map;

import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.transforms.Transformation;
import org.jspecify.annotations.Nullable;

/// The shaping of records as a plugin of Kafka Connect, for an organisation that runs Debezium there: Debezium's change in, the
/// topic's record out, key and value as text. Confined to its task's thread.
///
/// It shapes and nothing else. Who runs it has to write the generation's markers and is warned by a failing task when
/// couriers were removed, since only a new generation can tell readers about that. One record makes one record, so heartbeats
/// reach one partition: a topic with more needs the publisher.
public final class CourierPerformanceRecords implements Transformation<SourceRecord> {
    private static final String TOPIC = "topic";
    private static final String GENERATION = "generation";
    private static final String PUBLISHER = "publisher";
    private static final ConfigDef SETTINGS = new ConfigDef()
            .define(TOPIC, ConfigDef.Type.STRING, "courier-performance", new ConfigDef.NonEmptyString(),
                    ConfigDef.Importance.HIGH, "Topic that the caches read.")
            .define(GENERATION, ConfigDef.Type.LONG, ConfigDef.NO_DEFAULT_VALUE, ConfigDef.Range.atLeast(1),
                    ConfigDef.Importance.HIGH,
                    "Number of the generation that the markers announce; a higher one with each snapshot.")
            .define(PUBLISHER, ConfigDef.Type.STRING, "connect", new ConfigDef.NonEmptyString(),
                    ConfigDef.Importance.LOW, "Name in heartbeat records.");

    private String topic = "";
    private String publisher = "";
    private long generation;

    @Override
    public void configure(Map<String, ?> settings) {
        var config = new AbstractConfig(SETTINGS, settings, false);
        topic = config.getString(TOPIC);
        generation = config.getLong(GENERATION);
        publisher = config.getString(PUBLISHER);
    }

    @Override
    public ConfigDef config() {
        return SETTINGS;
    }

    /// The topic's record, `null` for what readers do not need.
    ///
    /// @throws DataException if couriers were removed, or a published column is missing
    @Override
    public @Nullable SourceRecord apply(SourceRecord record) {
        return switch (ChangeMapper.read(record)) {
            case Change.Courier courier -> shaped(record, TopicRecord.of(courier, generation));
            case Change.Heartbeat heartbeat -> shaped(record, TopicRecord.of(heartbeat, generation, publisher));
            case Change.Removal removal -> throw new DataException(
                    "Couriers were removed (" + removal.reason() + "), which needs a new generation");
            case Change.Irrelevant _ -> null;
        };
    }

    private SourceRecord shaped(SourceRecord record, TopicRecord shape) {
        return record.newRecord(topic, null, Schema.STRING_SCHEMA, shape.key(), Schema.STRING_SCHEMA, shape.value(),
                record.timestamp());
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
