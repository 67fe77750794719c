package io.datadrivenchanges.stack;

/// How far the JVMs of a stack compile what they run.
///
/// `FIRST`, the first tier alone, has a process ready much sooner, and its code stays slower: for what lives for minutes.
/// `ALL` of them is what production has: for what measures.
public enum CompilerTiers {
    FIRST("-XX:TieredStopAtLevel=1"), ALL("-XX:+TieredCompilation");

    private final String flag;

    CompilerTiers(String flag) {
        this.flag = flag;
    }

    /// As the JVM wants it.
    String flag() {
        return flag;
    }
}
