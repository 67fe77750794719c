package io.datadrivenchanges.stack;

import java.util.List;

/// How far the JVMs of a stack compile what they run.
///
/// `FIRST`, the first tier alone, has a process ready in half the time, and its code stays slower: for what lives for minutes.
/// `ALL` of them is what production has: for what measures.
public enum CompilerTiers {
    FIRST("-XX:TieredStopAtLevel=1"), ALL("-XX:+TieredCompilation");

    private final String flag;

    CompilerTiers(String flag) {
        this.flag = flag;
    }

    /// What every JVM of a stack is given, this among it.
    List<String> flags() {
        return List.of("-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", flag);
    }
}
