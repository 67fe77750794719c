package io.datadrivenchanges.experiment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/// A kept run: all that is needed to understand a finding later and to judge it again. Immutable.
///
/// Made of text that has gone through the experiment's cleaner; no value that the service works with is held, so nothing in it
/// can change or leak. A text is at most [#MAX_TEXT] characters long; if one had to be cut, the run can be looked at, but not replayed.
///
/// @param experiment its name
/// @param candidate its name
/// @param at wall-clock time of the finding
/// @param stage of the call
/// @param build of the service, as said by the context `build`; `null` if it was not said
/// @param traceId of the call; `null` if unknown
/// @param cohort of the input; `null` if there is none
/// @param input what it is known by; `null` if that is `null`
/// @param control what the control did
/// @param observed what the candidate did, at its last read of the call
/// @param judgement what the run ended in
/// @param settlement what the mismatch turned out to be; `null` for every other finding
/// @param mismatches how many shared the settlement; 0 without one
/// @param cost of the mismatch; `null` if it is none, or that cannot be told
/// @param rereads the reads of the re-check, in order
public record Evidence(String experiment, String candidate, Instant at, Stage stage, @Nullable String build,
        @Nullable String traceId, @Nullable String cohort, @Nullable String input, Part control, Part observed,
        Judgement judgement, @Nullable Settlement settlement, long mismatches, @Nullable Amount cost,
        List<Reread> rereads) {

    /// Longest text kept of one value, in characters.
    public static final int MAX_TEXT = 4096;

    private static final String BUILD = "build";

    public Evidence {
        rereads = List.copyOf(rereads);
    }

    /// What is kept of a run; everything that stems from its values goes through the plan's cleaner.
    ///
    /// @param at wall-clock time of the finding
    /// @param settled what a mismatch turned out to be; `null` for every other finding
    /// @param cost of a mismatch; `null` if that cannot be told
    static Evidence of(Ended<?, ?, ?> run, Instant at, @Nullable String traceId, Rechecks.@Nullable Settled settled,
            @Nullable Amount cost) {
        Plan<?, ?, ?> plan = run.candidate().plan;
        Redaction shown = new Redaction(plan.clean, run.candidate()::trouble);
        return new Evidence(plan.experiment, plan.candidateName, at, run.stage(), plan.context.get(BUILD), traceId,
                run.cohort(), cut(textOf(shown.of(run.key()))), Part.of(run.control(), shown),
                Part.of(run.observed(), shown), Judgement.of(shown.of(run.finding()), run.cause()),
                settled == null ? null : settled.settlement(), settled == null ? 0 : settled.mismatches(), cost,
                settled == null ? List.of() : settled.reads());
    }

    /// What a behaviour did.
    ///
    /// @param outcome `returned`, `threw`, `timed_out` or `not_run`
    /// @param text the value's projection, or the error's message; `null` if that is `null` or there is none
    /// @param whole whether the text is all of it
    /// @param error class of what it threw; `null` if it did not
    /// @param version of the value; negative = unknown
    /// @param staleness upper bound of the value's age when it was read; `null` = unknown
    /// @param duration of the read; `null` if it was not timed
    public record Part(String outcome, @Nullable String text, boolean whole, @Nullable String error, long version,
            @Nullable Duration staleness, @Nullable Duration duration) {

        static Part of(Seen<?> seen, Redaction shown) {
            return switch (seen.outcome()) {
                case Outcome.Returned<?> returned -> of("returned", textOf(shown.of(seen.part())), null, seen);
                case Outcome.Threw<?> threw ->
                    of("threw", textOf(shown.of(message(threw.error()))), threw.error().getClass().getName(), seen);
                case Outcome.TimedOut<?> late -> of("timed_out", null, null, seen);
                case Outcome.NotRun<?> not -> of("not_run", null, null, seen);
            };
        }

        private static Part of(String outcome, @Nullable String text, @Nullable String error, Seen<?> seen) {
            boolean whole = text == null || text.length() <= MAX_TEXT;
            return new Part(outcome, cut(text), whole, error, seen.version(), seen.staleness(), seen.duration());
        }

        private static @Nullable String message(Throwable error) {
            try {
                return error.getMessage();
            } catch (Throwable thrown) {
                return null;
            }
        }

        boolean returned() {
            return outcome.equals("returned");
        }

        void write(Json json) {
            json.text("outcome", outcome)
                    .wholeText("text", text)
                    .bool("whole", whole)
                    .text("error", error)
                    .numberOrNull("version", version < 0 ? null : version)
                    .numberOrNull("staleness_nanos", nanos(staleness))
                    .numberOrNull("duration_nanos", nanos(duration));
        }
    }

    /// What a run ended in, as text.
    ///
    /// @param finding its key in the summary line, such as `results_do_not_match`
    /// @param cause of a mismatch at first sight, such as `stale`; `null` for every other finding
    /// @param paths where the values of a mismatch differ
    /// @param why of a finding that is no mismatch; `null` if there is nothing to say
    public record Judgement(String finding, @Nullable String cause, List<Path> paths, @Nullable String why) {

        public Judgement {
            paths = List.copyOf(paths);
        }

        /// A place where the values differ.
        ///
        /// @param path its name
        /// @param control the control's part; `null` if that is `null`
        /// @param candidate the candidate's part; `null` if that is `null`
        public record Path(String path, @Nullable String control, @Nullable String candidate) {
            void write(Json json) {
                json.text("path", path).wholeText("control", control).wholeText("candidate", candidate);
            }
        }

        /// @param cause of a mismatch
        static Judgement of(Finding finding, @Nullable Cause cause) {
            return switch (finding) {
                case Finding.Mismatch mismatch -> new Judgement("results_do_not_match",
                        cause == null ? null : cause.key(), paths(mismatch.why()), null);
                case Finding.Match match -> new Judgement("results_match", null, List.of(), null);
                case Finding.Ignored ignored -> new Judgement("ignored", null, List.of(), ignored.rule());
                case Finding.Incomparable incomparable ->
                    new Judgement("incomparable", null, List.of(), incomparable.why());
                case Finding.CandidateFailed failed -> new Judgement("candidate_failed", null, List.of(),
                        failed.controlToo() ? "both failed" : null);
                case Finding.ControlFailed failed -> new Judgement("control_failed", null, List.of(), null);
                case Finding.ComparisonFailed failed -> new Judgement("comparison_failed", null, List.of(),
                        failed.at().name() + ": " + failed.error().getClass().getName());
                case Finding.NotCompared not -> new Judgement("not_compared", null, List.of(), not.why().name());
            };
        }

        private static List<Path> paths(Comparison.Differs why) {
            List<Path> paths = new ArrayList<>();
            for (Difference path : why.paths()) {
                paths.add(new Path(path.path(), cut(textOf(path.control())), cut(textOf(path.candidate()))));
            }
            return paths;
        }

        /// One JSON object, without a line break.
        public String json() {
            Json json = new Json().open();
            write(json);
            return json.close().toString();
        }

        void write(Json json) {
            json.text("finding", finding)
                    .text("cause", cause)
                    .list("paths", paths, (object, path) -> path.write(object))
                    .wholeText("why", why);
        }
    }

    /// Judges the run again, from what was kept: the same comparator gives the same judgement, byte for byte; another one shows what it
    /// would have said. What `comparing` projects is done again too, so what was kept must stay as it is under the projection.
    ///
    /// @param control reads the control's value from its text, which is not `null`
    /// @param candidate reads the candidate's value from its text, which is not `null`
    /// @throws IllegalStateException if a text was cut
    public <C, D> Judgement replay(Function<String, ? extends C> control, Function<String, ? extends D> candidate,
            Comparing<@Nullable C, @Nullable D> comparing) {
        if (!this.control.whole() || !observed.whole()) {
            throw new IllegalStateException("the run cannot be replayed: a text was cut to " + MAX_TEXT);
        }
        if (!this.control.returned() || !observed.returned()) {
            return judgement;
        }
        C left = this.control.text() == null ? null : control.apply(this.control.text());
        D right = observed.text() == null ? null : candidate.apply(observed.text());
        Comparison comparison;
        try {
            comparison = comparing.judge(comparing.ofControl(left), comparing.ofCandidate(right));
        } catch (RuntimeException thrown) {
            return Judgement.of(new Finding.ComparisonFailed(Operation.COMPARE, thrown), null);
        }
        return Judgement.of(switch (comparison) {
            case Comparison.Equal equal -> new Finding.Match(false);
            case Comparison.Differs differs -> new Finding.Mismatch(differs);
            case Comparison.Incomparable incomparable -> new Finding.Incomparable(incomparable.why());
        }, Cause.of(this.control.version(), observed.version()));
    }

    /// Judges the run again by its texts, as [Comparing#by] would.
    ///
    /// @throws IllegalStateException if a text was cut
    public Judgement replay() {
        return replay(text -> text, text -> text, Comparing.<@Nullable String>byValue());
    }

    /// The capsule as one JSON object, without a line break.
    public String json() {
        Json json = new Json().open()
                .text("experiment_name", experiment)
                .text("candidate_name", candidate)
                .text("at", at.toString())
                .text("stage", stage.name())
                .text("build", build)
                .text("trace_id", traceId)
                .text("cohort", cohort)
                .wholeText("input", input);
        control.write(json.key("control").open());
        observed.write(json.close().key("candidate").open());
        judgement.write(json.close().key("judgement").open());
        json.close();
        if (settlement == null) {
            json.text("settlement", null);
        } else {
            write(json.key("settlement").open(), settlement);
            json.number("mismatches", mismatches).close();
        }
        Amount.write(json, cost);
        json.list("rereads", rereads, (object, reread) -> object.text("side", reread.side().key())
                .number("after_nanos", reread.after().toNanos())
                .numberOrNull("version", reread.version() < 0 ? null : reread.version())
                .text("answer", reread.answer().key()));
        return json.close().toString();
    }

    /// About how many bytes it takes.
    int size() {
        return 1024 + length(input) + length(control.text()) + length(observed.text()) + 64 * rereads.size()
                + judgement.paths().stream().mapToInt(path -> length(path.control()) + length(path.candidate())).sum();
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : 2 * text.length();
    }

    private static void write(Json json, Settlement settlement) {
        json.text("settlement", settlement.key());
        switch (settlement) {
            case Settlement.Converged converged -> json.number("more_than_nanos", converged.moreThan().toNanos())
                    .number("at_most_nanos", converged.atMost().toNanos());
            case Settlement.Superseded superseded -> json.number("at_most_nanos", superseded.atMost().toNanos());
            case Settlement.CandidateAhead ahead -> {
            }
            case Settlement.Stale stale -> json.number("more_than_nanos", stale.moreThan().toNanos());
            case Settlement.Diverged diverged -> {
            }
            case Settlement.Unsettled unsettled -> json.text("lack", unsettled.why().key())
                    .number("more_than_nanos", unsettled.moreThan().toNanos());
        }
    }

    private static @Nullable Long nanos(@Nullable Duration duration) {
        return duration == null ? null : duration.toNanos();
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null || text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    private static @Nullable String textOf(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        try {
            return value.toString();
        } catch (Throwable thrown) {
            return "(toString of " + value.getClass().getName() + " threw " + thrown.getClass().getName() + ")";
        }
    }
}
