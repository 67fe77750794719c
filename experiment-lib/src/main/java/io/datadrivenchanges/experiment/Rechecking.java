package io.datadrivenchanges.experiment;

import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// Settles the mismatches of one candidate, counts what they turned out to be, and offers as evidence what ended badly. Thread-safe.
///
/// A mismatch is kept as evidence when it is settled, because only then it is told apart; any other failure at once.
final class Rechecking<I extends @Nullable Object, C extends @Nullable Object, D extends @Nullable Object>
        implements
            Aftermath<I, C, D>,
            AutoCloseable {

    /// Where tracing libraries put the id of the trace.
    private static final String TRACE_ID = "traceId";

    private final Candidate<I, C, D> candidate;
    private final Fn<I, C, ?> control;
    private final Rechecks rechecks;
    private final Histogram convergence = new Histogram();
    private final LongAdder converged = new LongAdder();
    private final LongAdder controlReads = new LongAdder();
    private final LongAdder candidateReads = new LongAdder();

    /// @param control to be read again; on a worker, within the deadline
    Rechecking(Candidate<I, C, D> candidate, Fn<I, C, ?> control) {
        this.candidate = candidate;
        this.control = control;
        RunningLaboratory laboratory = candidate.laboratory;
        rechecks = new Rechecks(laboratory.time, laboratory.recheckers(), candidate.plan.recheck,
                candidate.timeout());
    }

    @Override
    public void ended(Ended<I, C, D> run, @Nullable Amount cost) {
        Instant at = candidate.laboratory.time.now();
        String traceId = MDC.get(TRACE_ID);
        if (run.finding() instanceof Finding.Mismatch) {
            rechecks.open(new Rechecks.Sight(run.key(), reading(run.control()), reading(run.observed())),
                    new Subject(run, cost, at, traceId));
        } else if (run.finding() instanceof Finding.CandidateFailed
                || run.finding() instanceof Finding.ComparisonFailed) {
            candidate.laboratory.failed(run, at, traceId);
        }
    }

    /// What re-checks cost, and how late the candidate was.
    Summary.Rechecked snapshot() {
        return new Summary.Rechecked(convergence.snapshot(), converged.sum(), controlReads.sum(),
                candidateReads.sum());
    }

    @Override
    public void close() {
        rechecks.close();
    }

    private static Rechecks.Reading reading(Seen<?> seen) {
        Object whole = seen.outcome() instanceof Outcome.Returned<?> returned ? returned.value() : null;
        return new Rechecks.Reading(new Rechecks.Value(whole, seen.part(), seen.version()), seen.span().started(),
                seen.span().ended());
    }

    /// One mismatch.
    private final class Subject implements Rechecks.Subject {

        private final Ended<I, C, D> run;
        private final @Nullable Amount cost;
        private final Instant at;
        private final @Nullable String traceId;

        Subject(Ended<I, C, D> run, @Nullable Amount cost, Instant at, @Nullable String traceId) {
            this.run = run;
            this.cost = cost;
            this.at = at;
            this.traceId = traceId;
        }

        @Override
        public Rechecks.Value readControl() throws Exception {
            controlReads.increment();
            C value = control.call(run.input());
            return new Rechecks.Value(value, candidate.plan.comparing.ofControl(value),
                    candidate.judge.controlVersion(value));
        }

        @Override
        public Rechecks.Value readCandidate() throws Exception {
            candidateReads.increment();
            D value = candidate.plan.candidate.call(run.input());
            return new Rechecks.Value(value, candidate.plan.comparing.ofCandidate(value),
                    candidate.judge.candidateVersion(value));
        }

        /// As the run was judged, ignored differences included.
        @Override
        @SuppressWarnings({"unchecked", "NullAway"}) // the values are those of the two functions above, or of the run
        public Comparison compare(Rechecks.Value left, Rechecks.Value right) {
            Outcome<C> controlDid = new Outcome.Returned<>((C) left.whole());
            Outcome<D> candidateDid = new Outcome.Returned<>((D) right.whole());
            Finding finding = candidate.judge.returned(left.part(), left.version(), candidateDid, true);
            return switch (candidate.judge.unlessIgnored(finding, run.input(), controlDid, candidateDid)) {
                case Finding.Match match -> Comparison.equal();
                case Finding.Ignored ignored -> Comparison.equal();
                case Finding.Mismatch mismatch -> mismatch.why();
                case Finding.Incomparable incomparable -> Comparison.incomparable(incomparable.why());
                default -> Comparison.incomparable("the comparison failed");
            };
        }

        @Override
        public void settled(Rechecks.Settled settled) {
            Settlement settlement = settled.settlement();
            switch (settlement) {
                case Settlement.Converged late -> {
                    convergence.record(late.atMost().toNanos());
                    converged.increment();
                }
                case Settlement.Stale stale -> convergence.recordUnbounded();
                case Settlement.Unsettled unsettled -> convergence.recordUnbounded();
                case Settlement.Superseded superseded -> {
                }
                case Settlement.CandidateAhead ahead -> {
                }
                case Settlement.Diverged diverged -> {
                }
            }
            candidate.settle(run, settled);
            candidate.laboratory.settled(run, cost, at, traceId, settled);
        }
    }
}
