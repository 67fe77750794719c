package io.datadrivenchanges.e2e;

/// The performance levels as the wire spells them.
enum Level {
    NORMAL, HIGH, OUTSTANDING;

    /// The level of a courier's nth version in scenarios that change levels in turn: neighbours always differ.
    static Level ofVersion(long version) {
        return values()[(int) (version % values().length)];
    }
}
