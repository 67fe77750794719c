package io.datadrivenchanges.payments.performance;

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
