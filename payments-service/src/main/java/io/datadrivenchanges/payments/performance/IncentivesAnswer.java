package io.datadrivenchanges.payments.performance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import io.datadrivenchanges.cache.PerformanceLevel;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads what Incentives answered. Whatever is not exactly an answer about the courier is none: a payment is never made
/// from a proxy's 404 or from half a body.
final class IncentivesAnswer {
    private static final long MAX_VERSION = (1L << 53) - 1;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private IncentivesAnswer() {}

    /// The performance that the answer states.
    ///
    /// @return empty if it states none
    static Optional<Performance> read(long courierId, int status, @Nullable MediaType type, byte[] body) {
        if (status == 200 && MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)) {
            return parsed(body).flatMap(answer -> performance(courierId, answer));
        }
        if (status == 404 && MediaType.APPLICATION_PROBLEM_JSON.equalsTypeAndSubtype(type)) {
            return parsed(body).filter(answer -> "/problems/courier-unknown".equals(text(answer.get("type"))))
                    .map(_ -> Performance.UNKNOWN_COURIER);
        }
        return Optional.empty();
    }

    /// A courier on a page.
    record Row(long courierId, Performance performance) {}

    /// The couriers that a page names, ascending.
    ///
    /// @return empty unless it is exactly a page of at most so many couriers that follow an id
    static Optional<List<Row>> readPage(long after, int limit, int status, @Nullable MediaType type, byte[] body) {
        JsonNode rows = status == 200 && MediaType.APPLICATION_JSON.equalsTypeAndSubtype(type)
                ? parsed(body).map(page -> page.get("performances")).orElse(null)
                : null;
        if (rows == null || !rows.isArray() || rows.size() > limit) {
            return Optional.empty();
        }
        List<Row> page = new ArrayList<>();
        long last = after;
        for (JsonNode row : rows) {
            long courierId = whole(row.get("courierId"));
            Optional<Performance> performance = performance(courierId, row);
            if (courierId <= last || performance.isEmpty()) {
                return Optional.empty();
            }
            page.add(new Row(courierId, performance.get()));
            last = courierId;
        }
        return Optional.of(page);
    }

    private static Optional<Performance> performance(long courierId, JsonNode answer) {
        long version = whole(answer.get("version"));
        if (whole(answer.get("courierId")) != courierId || version < 1 || version > MAX_VERSION) {
            return Optional.empty();
        }
        String level = text(answer.get("performance"));
        for (PerformanceLevel known : PerformanceLevel.values()) {
            if (known.name().equals(level)) {
                return Optional.of(new Performance(known, version));
            }
        }
        return Optional.empty();
    }

    private static Optional<JsonNode> parsed(byte[] body) {
        try {
            return Optional.of(JSON.readTree(body)).filter(JsonNode::isObject);
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static long whole(@Nullable JsonNode node) {
        return node != null && node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : -1;
    }

    private static @Nullable String text(@Nullable JsonNode node) {
        return node != null && node.isString() ? node.stringValue() : null;
    }
}
