package io.datadrivenchanges.cache;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/// Turns the bytes of a record into what they say: any JSON that says what the pinned form says, strictly. Fields it does
/// not know are skipped. Never throws: what it cannot read is [TopicRecord.Malformed]. Thread-safe.
final class JsonRecordDecoder {
    private static final long SCHEMA = 1;
    private static final Instant LATEST = Instant.parse("+10000-01-01T00:00:00Z");

    /// Without the table of names seen so far, by which a name in broken UTF-8 is refused or not depending on what was read before.
    private final JsonFactory json = JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES).build();

    TopicRecord decode(byte @Nullable [] key, byte @Nullable [] value) {
        if (key != null && RecordKey.isControl(key)) {
            return control(key, value);
        }
        long courierId = RecordKey.courierId(key);
        Fields fields = new Fields();
        try {
            fields.read(value);
        } catch (Unreadable e) {
            return courierId == TopicRecord.UNREADABLE
                    ? new TopicRecord.MalformedKey(TopicRecord.UNREADABLE, "neither key nor value can be read")
                    : new TopicRecord.MalformedChange(courierId, TopicRecord.UNREADABLE, TopicRecord.UNREADABLE,
                            e.reason);
        }
        if (courierId == TopicRecord.UNREADABLE) {
            return new TopicRecord.MalformedKey(fields.generation, "key is no courier id");
        }
        String fault = fields.faultOfChange(courierId);
        return fault == null
                ? new TopicRecord.Change(fields.generation, courierId, fields.level(), fields.version,
                        fields.committedMicros)
                : new TopicRecord.MalformedChange(courierId, fields.generation, fields.version, fault);
    }

    private TopicRecord control(byte[] key, byte @Nullable [] value) {
        boolean heartbeat = RecordKey.isHeartbeat(key);
        if (!heartbeat && !RecordKey.isGeneration(key)) {
            return new TopicRecord.Foreign();
        }
        Fields fields = new Fields();
        try {
            fields.read(value);
        } catch (Unreadable e) {
            return new TopicRecord.MalformedControl(e.reason);
        }
        String fault = heartbeat ? fields.faultOfHeartbeat() : fields.faultOfMarker();
        if (fault != null) {
            return new TopicRecord.MalformedControl(fault);
        }
        return heartbeat
                ? new TopicRecord.Heartbeat(fields.generation, fields.committedMicros)
                : new TopicRecord.Marker(fields.generation, fields.state == State.COMPLETE, fields.couriers);
    }

    private enum State {
        BUILDING, COMPLETE
    }

    /// The fields of one value. A field of the wrong type or range is remembered as the value's fault, so that the
    /// generation and version behind it are still found.
    private final class Fields {
        private long schema;
        private long generation;
        private long courierId;
        private long version;
        private long couriers = -1;
        private long committedMicros = TopicRecord.NO_COMMIT_TIME;
        private @Nullable PerformanceLevel level;
        private @Nullable State state;
        private @Nullable String fault;

        private void read(byte @Nullable [] value) throws Unreadable {
            if (value == null) {
                throw new Unreadable("value is null");
            }
            try (JsonParser parser = json.createParser(ObjectReadContext.empty(), value)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new Unreadable("value is no JSON object");
                }
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    parser.nextToken();
                    field(name, parser);
                    parser.skipChildren();
                }
                if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                    throw new Unreadable("value is more than one JSON object");
                }
            } catch (JacksonException e) {
                throw new Unreadable("value is no JSON");
            }
        }

        private void field(String name, JsonParser parser) {
            switch (name) {
                case "schema" -> schema = number(name, parser, 1);
                case "generation" -> generation = number(name, parser, 1);
                case "courierId" -> courierId = number(name, parser, 1);
                case "version" -> version = number(name, parser, 1);
                case "couriers" -> couriers = number(name, parser, 0);
                case "performance" -> level = constant(name, parser, PerformanceLevel.class);
                case "state" -> state = constant(name, parser, State.class);
                case "committedAt" -> committedMicros = micros(name, parser);
                default -> {
                    // Fields of a later publisher, and those that only people read.
                }
            }
        }

        private long number(String name, JsonParser parser, long min) {
            if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                    && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER
                    && parser.getLongValue() >= min) {
                return parser.getLongValue();
            }
            wrong(name);
            return TopicRecord.UNREADABLE;
        }

        private <E extends Enum<E>> @Nullable E constant(String name, JsonParser parser, Class<E> type) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                String text = parser.getString();
                for (E constant : type.getEnumConstants()) {
                    if (constant.name().equals(text)) {
                        return constant;
                    }
                }
            }
            wrong(name);
            return null;
        }

        private long micros(String name, JsonParser parser) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                try {
                    Instant time = Instant.parse(parser.getString());
                    if (!time.isBefore(Instant.EPOCH) && time.isBefore(LATEST)) {
                        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
                    }
                } catch (DateTimeException e) {
                    // The same fault as a number where a time should be.
                }
            }
            wrong(name);
            return TopicRecord.NO_COMMIT_TIME;
        }

        private void wrong(String name) {
            if (fault == null) {
                fault = name + " is out of range";
            }
        }

        private @Nullable String faultOfAny() {
            if (schema > SCHEMA) {
                return "schema is newer than " + SCHEMA;
            }
            if (fault != null) {
                return fault;
            }
            return schema != SCHEMA || generation == TopicRecord.UNREADABLE ? "schema or generation is missing" : null;
        }

        private @Nullable String faultOfChange(long key) {
            String any = faultOfAny();
            if (any != null) {
                return any;
            }
            if (level == null || version == TopicRecord.UNREADABLE) {
                return "performance or version is missing";
            }
            return courierId != key ? "courierId is not the key" : null;
        }

        private @Nullable String faultOfHeartbeat() {
            String any = faultOfAny();
            return any == null && committedMicros == TopicRecord.NO_COMMIT_TIME ? "committedAt is missing" : any;
        }

        private @Nullable String faultOfMarker() {
            String any = faultOfAny();
            return any == null && (state == null || couriers < 0) ? "state or couriers is missing" : any;
        }

        private PerformanceLevel level() {
            if (level == null) {
                throw new IllegalStateException("asked before the fields were checked");
            }
            return level;
        }
    }

    /// The value is not JSON: nothing in it can be relied on.
    private static final class Unreadable extends Exception {
        private final String reason;

        private Unreadable(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }
    }
}
