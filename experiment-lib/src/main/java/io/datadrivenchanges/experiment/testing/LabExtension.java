package io.datadrivenchanges.experiment.testing;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;

import io.datadrivenchanges.experiment.Laboratory;
import io.datadrivenchanges.experiment.Summary;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives each JUnit test a laboratory of its own that is strict: a call whose candidate disagrees throws a
/// [io.datadrivenchanges.experiment.MismatchError]. After the test it is closed, and the test fails if its counts do not add up.
///
/// A test method says by the types of its parameters what it wants: [Laboratory]; [RecordingSink], which has everything that the
/// laboratory found; [VirtualTime], which then is the laboratory's time.
///
/// ```java
/// @ExtendWith(LabExtension.class)
/// class PriceTest {
///     @Test
///     void bothSidesAgree(Laboratory lab) { … }
/// }
/// ```
///
/// Needs `junit-jupiter-api`. Thread-safe, as each test has its own.
public final class LabExtension implements ParameterResolver, AfterEachCallback {

    private static final Namespace OURS = Namespace.create(LabExtension.class);
    private static final Set<Class<?>> OFFERED = Set.of(Laboratory.class, RecordingSink.class, VirtualTime.class);
    private static final Duration QUIET = Duration.ofSeconds(10);

    /// What one test works with.
    private record Bench(Laboratory laboratory, RecordingSink sink, VirtualTime time) {

        static Bench of(Class<?>[] wanted) {
            RecordingSink sink = new RecordingSink();
            VirtualTime time = new VirtualTime();
            Laboratory.Builder builder = Laboratory.builder().strict(true).sink(sink);
            if (Arrays.asList(wanted).contains(VirtualTime.class)) {
                builder.time(time);
            }
            return new Bench(builder.build(), sink, time);
        }

        void close() {
            boolean quiet = laboratory.drain(QUIET);
            laboratory.close();
            for (Summary summary : laboratory.summaries()) {
                long ended = Summary.FINDINGS.stream().mapToLong(summary::count).sum();
                if (!quiet || summary.runs() != ended || summary.inFlight() != 0) {
                    throw new AssertionError("the counts do not add up: " + summary.json());
                }
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return OFFERED.contains(parameter.getParameter().getType())
                && parameter.getDeclaringExecutable().equals(test.getTestMethod().orElse(null));
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Bench bench = Objects.requireNonNull(test.getStore(OURS).computeIfAbsent(Bench.class,
                first -> Bench.of(test.getRequiredTestMethod().getParameterTypes()), Bench.class));
        Class<?> wanted = parameter.getParameter().getType();
        if (wanted == Laboratory.class) {
            return bench.laboratory();
        }
        return wanted == RecordingSink.class ? bench.sink() : bench.time();
    }

    @Override
    public void afterEach(ExtensionContext test) {
        @Nullable
        Bench bench = test.getStore(OURS).remove(Bench.class, Bench.class);
        if (bench != null) {
            bench.close();
        }
    }
}
