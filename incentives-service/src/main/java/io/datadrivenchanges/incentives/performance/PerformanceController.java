package io.datadrivenchanges.incentives.performance;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import io.datadrivenchanges.http.Problem;
import io.datadrivenchanges.http.ProblemType;
import io.datadrivenchanges.http.WholeNumber;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Sets and reads performance levels.
///
/// Setting the stored level again writes nothing, so callers may repeat a request whose answer they have lost. Of two
/// concurrent writers the last one wins.
@RestController
@RequestMapping(path = "/incentives/performance", produces = MediaType.APPLICATION_JSON_VALUE)
class PerformanceController {
    private static final Pattern COURIER_ID = Pattern.compile("[1-9][0-9]{0,15}");
    private static final long MAX_COURIER_ID = (1L << 53) - 1; // the largest that JSON readers agree on
    private static final int MAX_LIMIT = 1000;
    private static final ProblemType COURIER_UNKNOWN = new ProblemType("courier-unknown", 404,
            "This courier is not known");

    private final PerformanceRepository performances;
    private final Counter created;
    private final Counter changed;
    private final Counter unchanged;

    PerformanceController(PerformanceRepository performances, MeterRegistry meters) {
        this.performances = performances;
        this.created = counter(meters, "created");
        this.changed = counter(meters, "changed");
        this.unchanged = counter(meters, "unchanged");
    }

    private static Counter counter(MeterRegistry meters, String result) {
        return Counter.builder("incentives.performance.writes").tag("result", result)
                .description("Levels set, by what that did").register(meters);
    }

    @RequestMapping(path = "/{courierId}", method = {RequestMethod.PUT,
            RequestMethod.POST}, consumes = MediaType.APPLICATION_JSON_VALUE)
    CourierPerformance set(@PathVariable("courierId") String courier, @RequestBody SetPerformance body) {
        long courierId = courierId(courier);
        PerformanceLevel level = PerformanceLevel.named(body.performance()).orElseThrow(() -> Problem
                .invalid("performance", "must be one of " + Arrays.toString(PerformanceLevel.values())).raised());
        var written = performances.change(courierId, level);
        if (written.isEmpty()) {
            unchanged.increment();
            return stored(courierId);
        }
        (written.get().version() == 1 ? created : changed).increment();
        return written.get();
    }

    @GetMapping("/{courierId}")
    ResponseEntity<CourierPerformance> read(@PathVariable("courierId") String courier) {
        return answer(stored(courierId(courier)));
    }

    /// All couriers page by page, in the order of their ids; a page that is not full is the last one. A courier that is new meanwhile is
    /// in a later page or in none.
    @GetMapping
    ResponseEntity<PerformancePage> page(@RequestParam(defaultValue = "0") String after,
            @RequestParam(defaultValue = "100") String limit) {
        return answer(new PerformancePage(performances.after(WholeNumber.parse("after", after, 0, MAX_COURIER_ID),
                (int) WholeNumber.parse("limit", limit, 1, MAX_LIMIT))));
    }

    private static <T> ResponseEntity<T> answer(T body) {
        return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
    }

    private CourierPerformance stored(long courierId) {
        return performances.find(courierId).orElseThrow(
                () -> Problem.of(COURIER_UNKNOWN, "No performance was ever set for this courier.").raised());
    }

    private static long courierId(String text) {
        if (!COURIER_ID.matcher(text).matches() || Long.parseLong(text) > MAX_COURIER_ID) {
            throw Problem.invalid("courierId", "must be a whole number from 1 to " + MAX_COURIER_ID).raised();
        }
        return Long.parseLong(text);
    }

    /// The body of a request: text, so that an unknown level can be answered with the known ones.
    record SetPerformance(@Nullable String performance) {}

    /// Some couriers, ascending by their ids.
    record PerformancePage(List<CourierPerformance> performances) {}
}
