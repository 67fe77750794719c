package io.datadrivenchanges.e2e;

import java.time.Duration;

/// How long a scenario waits for what it expects. Generous: a wait ends with its condition, a limit only with a failure.
final class Limits {
    /// A part that was started takes requests.
    static final Duration START = Duration.ofSeconds(90);
    /// A container is healthy: all of them start at once, beside whatever else runs, and their checks look every few seconds.
    static final Duration HEALTHY = Duration.ofMinutes(5);
    /// A committed change is in the cache while nothing is broken.
    static final Duration VISIBLE = Duration.ofSeconds(20);
    /// Everything works again after what was broken has been started.
    static final Duration HEALED = Duration.ofSeconds(60);
    /// A candidate's answer is compared and counted.
    static final Duration COUNTED = Duration.ofSeconds(10);
    /// A line that is written every period can be read in the log.
    static final Duration LOGGED = Duration.ofSeconds(20);
    /// A mismatch is settled: its ladder is half a minute long, and as much again for a busy machine.
    static final Duration SETTLED = Duration.ofSeconds(60);
    /// A stage is taken back after the feed has stopped: 10 s of outage, one look a second, and as much again for a busy machine.
    static final Duration DEMOTED = Duration.ofSeconds(25);

    private Limits() {}
}
