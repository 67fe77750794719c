package io.datadrivenchanges.benchmarks.experiment;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/// Inputs and their answers, made beforehand so that nothing of them is counted as the library's. Confined to a thread, but for the look-ups.
@State(Scope.Thread)
public class Answers {

    private static final int MASK = 63;
    /// A few microseconds: time for a worker to take part.
    private static final long PACE = 2_000;
    private static final Level[] CONTROL = levels();
    /// Equal to those of the control, not the same.
    private static final Level[] CANDIDATE = levels();

    private final Integer[] inputs = new Integer[MASK + 1];
    private int next;

    public record Level(String name, long version) {}

    public Answers() {
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = i;
        }
    }

    private static Level[] levels() {
        String[] names = {"NORMAL", "HIGH", "OUTSTANDING"};
        Level[] levels = new Level[MASK + 1];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = new Level(names[i % names.length], i);
        }
        return levels;
    }

    Integer nextInput() {
        return inputs[next++ & MASK];
    }

    Level control(Integer input) {
        return lookUp(input);
    }

    static Level lookUp(Integer input) {
        return CONTROL[input];
    }

    static Level candidate(Integer input) {
        return CANDIDATE[input];
    }

    static Level other(Integer input) {
        return CANDIDATE[(input + 1) & MASK];
    }

    static Level paced(Level level) {
        Blackhole.consumeCPU(PACE);
        return level;
    }
}
