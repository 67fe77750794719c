package io.datadrivenchanges.traffic;

/// Shows how far a run is. Thread-safe.
interface Progress extends AutoCloseable {

    /// Shows nothing.
    Progress NONE = new Progress() {

        @Override
        public void step() {}

        @Override
        public void close() {}
    };

    /// One more delivery is done with, paid or not.
    void step();

    @Override
    void close();
}
