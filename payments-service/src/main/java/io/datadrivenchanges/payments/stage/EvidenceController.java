package io.datadrivenchanges.payments.stage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.datadrivenchanges.experiment.Cause;
import io.datadrivenchanges.experiment.Evidence;
import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Summary;
import io.datadrivenchanges.http.Problem;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// Hands out the evidence that this process has kept of an experiment: what the bounded archive of the library holds, up to 16 MB. It is
/// written piece by piece, so that an answer takes no memory of its own.
@RestController
@RequestMapping("/experiments/{name}")
final class EvidenceController {
    private static final MediaType MARKDOWN = MediaType.parseMediaType("text/markdown;charset=UTF-8");
    private static final MediaType NDJSON = MediaType.APPLICATION_NDJSON;
    /// What a mismatch looks like at first sight, and what it turns out to be.
    private static final Set<String> CAUSES = Stream
            .concat(Arrays.stream(Cause.values()).map(Cause::key), Summary.SETTLEMENTS.stream())
            .collect(Collectors.toUnmodifiableSet());

    private final Laboratory laboratory;
    private final Experiments experiments;
    private final JsonMapper json;

    EvidenceController(Laboratory laboratory, Experiments experiments, JsonMapper json) {
        this.laboratory = laboratory;
        this.experiments = experiments;
        this.json = json;
    }

    /// The mismatches that are kept, the newest first.
    ///
    /// @param cause only those that seemed, or turned out, to be this
    /// @param since only those found at this time or later
    @GetMapping(path = "/mismatches", produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_NDJSON_VALUE})
    void mismatches(@PathVariable String name, @RequestParam(required = false) @Nullable String cause,
            @RequestParam(required = false) @Nullable String since, @RequestHeader HttpHeaders headers,
            HttpServletResponse response) throws IOException {
        experiments.summary(name);
        if (cause != null && !CAUSES.contains(cause)) {
            throw Problem
                    .invalid("cause", "must be one of " + CAUSES.stream().sorted().collect(Collectors.joining(", ")))
                    .raised();
        }
        Instant from = since == null ? Instant.MIN : instant(since);
        List<Evidence> found = laboratory.evidence(name).stream()
                .filter(one -> one.settlement() != null && !one.at().isBefore(from))
                .filter(one -> cause == null || isOf(one, cause))
                .sorted(Comparator.comparing(Evidence::at).reversed())
                .toList();
        if (prefers(headers, NDJSON)) {
            begin(response, NDJSON);
            for (Evidence one : found) {
                response.getOutputStream().write((one.json() + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } else {
            begin(response, MediaType.APPLICATION_JSON);
            try (JsonGenerator out = json.createGenerator(response.getOutputStream())) {
                write(out, found);
            }
        }
    }

    /// All that the decision about the next stage rests on: verdict, conditions, counts, costs, and every piece of evidence that is kept.
    @GetMapping(path = "/evidence", produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_MARKDOWN_VALUE})
    void evidence(@PathVariable String name, @RequestHeader HttpHeaders headers, HttpServletResponse response)
            throws IOException {
        ExperimentBody body = experiments.body(experiments.summary(name));
        List<Evidence> kept = laboratory.evidence(name);
        Instant now = Instant.now();
        if (prefers(headers, MARKDOWN)) {
            begin(response, MARKDOWN);
            EvidenceReport.write(body, kept, now, response.getOutputStream());
        } else {
            begin(response, MediaType.APPLICATION_JSON);
            try (JsonGenerator out = json.createGenerator(response.getOutputStream())) {
                out.writeStartObject();
                out.writeStringProperty("at", now.toString());
                out.writePOJOProperty("experiment", body);
                out.writeName("evidence");
                write(out, kept);
                out.writeEndObject();
            }
        }
    }

    private static boolean isOf(Evidence one, String cause) {
        return cause.equals(one.judgement().cause())
                || (one.settlement() != null && cause.equals(one.settlement().key()));
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException _) {
            throw Problem.invalid("since", "must be a time such as 2026-01-02T03:04:05Z").raised();
        }
    }

    /// Whether another form than JSON is asked for more than JSON is. That one of them is has been checked.
    private static boolean prefers(HttpHeaders headers, MediaType other) {
        List<MediaType> accepted = new ArrayList<>(headers.getAccept());
        MimeTypeUtils.sortBySpecificity(accepted);
        for (MediaType type : accepted) {
            if (type.includes(MediaType.APPLICATION_JSON)) {
                return false;
            }
            if (type.includes(other)) {
                return true;
            }
        }
        return false;
    }

    private static void begin(HttpServletResponse response, MediaType type) {
        response.setContentType(type.toString());
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private static void write(JsonGenerator out, List<Evidence> evidence) {
        out.writeStartArray();
        for (Evidence one : evidence) {
            out.writeRawValue(one.json());
        }
        out.writeEndArray();
    }
}
