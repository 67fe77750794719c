package io.datadrivenchanges.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import io.datadrivenchanges.experiment.testing.SteppedWorkers;
import io.datadrivenchanges.experiment.testing.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/// Random calls against a model of what each is to be counted as: whatever control and candidate do, and whatever comparators, rules,
/// gates and hooks answer or throw, in every mode.
class FindingsFuzzTest {

    private static final int CALLS = 20_000;
    private static final int RULES = 3;
    private static final String SAME = "results_match";
    private static final String DIFFERENT = "results_do_not_match";
    private static final String FAILED = "comparison_failed";
    /// What a rule may expect.
    private static final List<String> EXPECTABLE = List.of(DIFFERENT, "control_failed", "candidate_failed");
    private static final List<String> NEVER = List.of("in_flight", "candidate_timed_out", "shed", "cancelled",
            "converged", "superseded", "unsettled", "rechecking");

    /// How the candidate runs; `BEHIND` means that it answers, and is compared behind the caller.
    private enum Mode {
        INLINE, DETACHED, ASYNC, BEHIND
    }

    /// What a function that says yes or no does.
    private enum Does implements BooleanSupplier {
        YES, NO, THROWS;

        @Override
        public boolean getAsBoolean() {
            if (this == THROWS) {
                throw new IllegalStateException("made up");
            }
            return this == YES;
        }
    }

    /// What the comparison of two values does; one of each kind of experiment only, see [Kind#projecting].
    private enum Compares {
        BY_NUMBER, INCOMPARABLE, THROWS, CONTROL_PROJECTION_THROWS, CANDIDATE_PROJECTION_THROWS
    }

    private record Value(int number, long version) {}

    /// What a behaviour does: throws, or returns a value that may be `null`.
    private record Did(@Nullable RuntimeException error, @Nullable Value value) {

        @Nullable
        Value answer() {
            if (error != null) {
                throw error;
            }
            return value;
        }

        long version() {
            return value == null ? -1 : value.version();
        }
    }

    /// What is fixed when an experiment is built.
    private record Kind(Mode mode, boolean comparingErrors, boolean requiringVersions, boolean projecting) {}

    private record Call(Kind kind, boolean enabled, Does stage, Does gate, Does sampler, @Nullable Sampling override,
            Does before, Does after, Does sink, Did control, Did first, Did second, Compares comparing, Does alike,
            List<Does> rules) {}

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);
    private final AtomicInteger reads = new AtomicInteger();
    private volatile Call now = call(new Kind(Mode.INLINE, false, false, false));

    @Test
    void countsEveryCallAsTheModelSays() {
        Map<String, Long> all = new TreeMap<>();
        SteppedWorkers workers = new SteppedWorkers(seed);
        try (Laboratory lab = Laboratory.builder().time(new VirtualTime()).workers(workers).stages(name -> stage())
                .sink(report -> now.sink().getAsBoolean()).build()) {
            Map<Kind, Running> experiments = new HashMap<>();
            for (int i = 0; i < CALLS; i++) {
                Kind kind = new Kind(any(Mode.values()), random.nextBoolean(), random.nextBoolean(),
                        random.nextBoolean());
                Running experiment = experiments.computeIfAbsent(kind, one -> running(lab, one));
                Map<String, Long> before = experiment.summary().counts();
                Call call = call(kind);
                now = call;
                reads.set(0);
                lab.enabled(call.enabled());

                Did answer = answered(experiment, call);
                workers.stepAll();

                String which = "seed %d, call %d, %s".formatted(seed, i, call);
                assertThat(answer.value()).as(which).isSameAs(answer(call).value());
                assertThat(answer.error()).as(which).isSameAs(answer(call).error());
                List<String> counted = new ArrayList<>();
                experiment.summary().counts().forEach((key, count) -> {
                    long more = count - before.getOrDefault(key, 0L);
                    counted.addAll(Collections.nCopies((int) more, key));
                    all.merge(key, more, Long::sum);
                });
                assertThat(counted).as(which).containsExactlyInAnyOrderElementsOf(counted(call));
            }
            experiments.values().forEach(experiment -> holds(experiment.summary()));
        }
        all.keySet().removeAll(NEVER);
        assertThat(all.values()).as("every way is taken: %s", all).allMatch(count -> count > 0);
    }

    private static Did answered(Running experiment, Call call) {
        try {
            return new Did(null, experiment.call(call));
        } catch (RuntimeException thrown) {
            return new Did(thrown, null);
        }
    }

    /// The model: under which keys a call is counted, once each.
    private static List<String> counted(Call call) {
        if (!call.enabled() || call.stage() == Does.NO) {
            return List.of();
        }
        String found = skipped(call);
        if (found.isEmpty()) {
            found = found(call, call.first());
            if (found.equals(DIFFERENT)) {
                found = found(call, call.second()).replace(SAME, SAME + " matched_after_control");
            }
            if (call.rules().contains(Does.YES) && EXPECTABLE.stream().anyMatch(found::startsWith)) {
                found = "ignored";
            }
        }
        return List.of(("runs " + found).replace(DIFFERENT, DIFFERENT + settled(call)).split(" "));
    }

    private static String skipped(Call call) {
        boolean behind = call.kind().mode() == Mode.BEHIND;
        Does sampler = call.override() == null
                ? call.sampler()
                : call.override() == Sampling.FORCE ? Does.YES : Does.NO;
        return call.stage() == Does.THROWS ? "gate_failed"
                : behind && call.first().error() != null ? "" // the control is asked anyway
                : !behind && call.gate() != Does.YES ? call.gate() == Does.NO ? "filtered" : "gate_failed"
                : sampler != Does.YES ? sampler == Does.NO ? "sampled_out" : "gate_failed"
                : !behind && call.before() == Does.THROWS ? "gate_failed"
                : "";
    }

    private static String found(Call call, Did candidate) {
        RuntimeException left = call.control().error();
        RuntimeException right = candidate.error();
        Does alike = call.kind().comparingErrors() ? call.alike()
                : String.valueOf(left).equals(String.valueOf(right)) ? Does.YES : Does.NO;
        boolean unknown = call.control().version() < 0 || candidate.version() < 0;
        return left == null && right == null && call.comparing() == Compares.CONTROL_PROJECTION_THROWS ? FAILED
                : left == null && right == null && call.kind().requiringVersions() && unknown ? "incomparable"
                : left == null && right == null ? compared(call, candidate)
                : alike == Does.THROWS ? FAILED
                : alike == Does.YES ? SAME
                : right == null ? "control_failed"
                : left == null ? "candidate_failed"
                : "candidate_failed both_failed";
    }

    private static String compared(Call call, Did candidate) {
        return switch (call.comparing()) {
            case BY_NUMBER -> number(call.control().value()) == number(candidate.value()) ? SAME : DIFFERENT;
            case INCOMPARABLE -> "incomparable";
            case THROWS, CONTROL_PROJECTION_THROWS, CANDIDATE_PROJECTION_THROWS -> FAILED;
        };
    }

    /// What a mismatch of the second read is, by the versions alone.
    private static String settled(Call call) {
        long left = call.control().version();
        long right = call.second().version();
        return left < 0 || right < 0 || left == right ? " diverged" : right < left ? " stale" : " candidate_ahead";
    }

    /// What the caller gets.
    private static Did answer(Call call) {
        boolean served = call.kind().mode() == Mode.BEHIND && call.enabled() && call.stage() == Does.YES;
        return served && call.first().error() == null ? call.first() : call.control();
    }

    /// An experiment of any mode.
    private interface Running {

        @Nullable
        Value call(Call call);

        Summary summary();
    }

    @SuppressWarnings("NullAway") // does not infer that the results may be null
    private Running running(Laboratory lab, Kind kind) {
        String name = kind.toString();
        if (kind.mode() == Mode.ASYNC) {
            AsyncExperiment<Call, @Nullable Value> experiment = said(kind, lab.experiment(name)
                    .controlAsync((Call call) -> later(call.control()))
                    .candidate("c", this::candidate, comparing(kind))).build();
            return new Running() {
                @Override
                public @Nullable Value call(Call call) {
                    try {
                        return experiment.callAsync(call).toCompletableFuture().join();
                    } catch (CompletionException thrown) {
                        throw (RuntimeException) Objects.requireNonNull(thrown.getCause());
                    }
                }

                @Override
                public Summary summary() {
                    return experiment.summary();
                }
            };
        }
        Fn<Call, @Nullable Value, RuntimeException> control = call -> call.control().answer();
        var rest = said(kind, lab.experiment(name).control(control).candidate("c", this::candidate, comparing(kind)));
        Experiment<Call, @Nullable Value, RuntimeException> experiment = switch (kind.mode()) {
            case INLINE -> rest.shadow(new Shadow.Inline()).build();
            case BEHIND -> rest.serve(value -> new Served.Value<>(value)).build();
            case DETACHED, ASYNC -> rest.build();
        };
        return new Running() {
            @Override
            public @Nullable Value call(Call call) {
                return call.override() == null ? experiment.call(call) : experiment.call(call, call.override());
            }

            @Override
            public Summary summary() {
                return experiment.summary();
            }
        };
    }

    private <R extends Steps<Call, @Nullable Value, @Nullable Value, R>> R said(Kind kind, R rest) {
        R all = rest.onlyIf(call -> call.gate().getAsBoolean())
                .sampler((experiment, hash) -> now.sampler().getAsBoolean())
                .versions(FindingsFuzzTest::version, FindingsFuzzTest::version)
                .requireVersions(kind.requiringVersions())
                .recheck(Recheck.none())
                .beforeRun(call -> call.before().getAsBoolean())
                .afterRun(result -> now.after().getAsBoolean());
        for (int i = 0; i < RULES; i++) {
            int rule = i;
            all = all.ignore("rule " + i, (call, left, right) -> call.rules().get(rule).getAsBoolean());
        }
        return kind.comparingErrors() ? all.comparingErrors((left, right) -> now.alike().getAsBoolean()) : all;
    }

    private Comparing<@Nullable Value, @Nullable Value> comparing(Kind kind) {
        if (kind.projecting()) {
            return Comparing.by(value -> projected(value, Compares.CONTROL_PROJECTION_THROWS),
                    value -> projected(value, Compares.CANDIDATE_PROJECTION_THROWS));
        }
        return Comparing.reasons((left, right) -> switch (now.comparing()) {
            case INCOMPARABLE -> Comparison.incomparable("made up");
            case THROWS -> throw new AssertionError("made up");
            default -> number(left) == number(right) ? Comparison.equal() : Comparison.differs("number", left, right);
        });
    }

    private int projected(@Nullable Value value, Compares throwing) {
        if (now.comparing() == throwing) {
            throw new AssertionError("made up");
        }
        return number(value);
    }

    private @Nullable Value candidate(Call call) {
        return (reads.getAndIncrement() == 0 ? call.first() : call.second()).answer();
    }

    private @Nullable Stage stage() {
        return switch (now.stage()) {
            case YES -> now.kind().mode() == Mode.BEHIND ? Stage.LIVE : Stage.SHADOW;
            case NO -> Stage.OFF;
            case THROWS -> throw new IllegalStateException("made up");
        };
    }

    private static CompletionStage<@Nullable Value> later(Did did) {
        return did.error() == null
                ? CompletableFuture.<@Nullable Value>completedFuture(did.value())
                : CompletableFuture.failedFuture(did.error());
    }

    private static int number(@Nullable Value value) {
        return value == null ? -1 : value.number();
    }

    private static long version(@Nullable Value value) {
        return value == null ? -1 : value.version();
    }

    private Call call(Kind kind) {
        Compares[] comparing = kind.projecting()
                ? new Compares[]{Compares.CONTROL_PROJECTION_THROWS, Compares.CANDIDATE_PROJECTION_THROWS}
                : new Compares[]{Compares.INCOMPARABLE, Compares.THROWS};
        boolean overridden = kind.mode() != Mode.ASYNC && random.nextInt(5) == 0;
        return new Call(kind, random.nextInt(20) > 0, mostly(Does.YES), mostly(Does.YES), mostly(Does.YES),
                overridden ? any(Sampling.values()) : null, mostly(Does.YES), any(Does.values()), any(Does.values()),
                did(), did(), did(), random.nextInt(5) > 0 ? Compares.BY_NUMBER : any(comparing), any(Does.values()),
                Stream.generate(() -> mostly(Does.NO)).limit(RULES).toList());
    }

    private Did did() {
        if (random.nextInt(4) > 0) {
            return new Did(null,
                    random.nextInt(10) == 0 ? null : new Value(random.nextInt(2), random.nextInt(4) - 1));
        }
        String message = random.nextBoolean() ? "a" : "b";
        return new Did(random.nextBoolean() ? new IllegalStateException(message) : new ArithmeticException(message),
                null);
    }

    private Does mostly(Does usual) {
        return random.nextInt(10) > 0 ? usual : any(Does.values());
    }

    private <T> T any(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private void holds(Summary summary) {
        long findings = Summary.FINDINGS.stream().mapToLong(summary::count).sum();
        assertThat(summary.runs()).as("seed %d", seed).isEqualTo(findings + summary.inFlight());
        assertThat(summary.count("results_do_not_match")).as("seed %d", seed)
                .isEqualTo(Summary.SETTLEMENTS.stream().mapToLong(summary::count).sum() + summary.count("rechecking"));
    }
}
