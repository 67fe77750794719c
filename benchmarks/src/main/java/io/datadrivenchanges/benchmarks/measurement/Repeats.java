package io.datadrivenchanges.benchmarks.measurement;

import picocli.CommandLine.Option;

/// How often disturbed turns are taken again, in all, where a machine is never quiet for as long as a whole benchmark takes. Only what
/// else ran decides, never how long something took; a turn that has lost something is not to be dropped. Confined to one thread.
public final class Repeats {
    private static final int MAX = 1_000;

    @Option(names = "--repeats", defaultValue = "10", description = {
            "How many disturbed turns are taken again, in all. Default: ${DEFAULT-VALUE}."})
    private int limit;

    private int taken;

    /// Ends the command with a sentence if the option is out of range.
    public void check(ResultOptions options) {
        options.check(limit >= 0 && limit <= MAX, "--repeats has to be 0 to " + MAX + ".");
    }

    /// Whether a turn is to be taken again and what it has measured to be dropped.
    ///
    /// @param disturbed whether something else ran that distorts what it has measured
    public boolean again(boolean disturbed) {
        boolean again = disturbed && taken < limit;
        if (again) {
            taken++;
        }
        return again;
    }

    /// How many turns were taken again so far.
    public int taken() {
        return taken;
    }
}
