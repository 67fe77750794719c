package io.datadrivenchanges.benchmarks.misbehaviour;

/// What one part of an experiment does at every call, while the others do as they should.
enum Misbehaviour {
    NONE("nobody misbehaves"), CANDIDATE_THROWS("candidate throws an exception"), CANDIDATE_FAILS(
            "candidate throws an `Error`"), CANDIDATE_HANGS("candidate hangs"), COMPARATOR_THROWS(
                    "comparator throws"), PUBLISHER_THROWS("publisher throws"), CONTROL_THROWS("control throws");

    private final String said;

    Misbehaviour(String said) {
        this.said = said;
    }

    @Override
    public String toString() {
        return said;
    }
}
