package io.datadrivenchanges.publisher;

import java.time.Duration;

/// How long the publisher waits for others, and how often it does what it does from time to time. Not settings: they depend on each
/// other, and the process always has [#STANDARD]; tests shorten them together. Immutable.
///
/// @param commitInterval  age at which a Kafka transaction is committed and the slot confirmed; a crash replays as much
/// @param secondLook      pause of the auditor before it looks at a difference again; longer than a change needs into the topic
/// @param kafkaAnswer     how long a question to Kafka about the topic waits for its answer
/// @param kafkaBlock      how long a call of the producer waits for Kafka
/// @param kafkaDelivery   how long a record that was handed over may wait for its acknowledgement
/// @param databaseSilence longest silence on the connection that holds the lead before it counts as broken, in whole seconds
/// @param leadSilence     longest silence of the leader before PostgreSQL gives the lead to another one; longer than
///                        `databaseSilence`, so that a leader that is cut off gives up by itself
/// @param streamSilence   longest silence of the engine although heartbeats are written
/// @param verifyInterval  time between two looks at whether the topic is still the same
/// @param longestPause    upper bound of the growing pauses between attempts
record Limits(Duration commitInterval, Duration secondLook, Duration kafkaAnswer, Duration kafkaBlock,
        Duration kafkaDelivery,
        Duration databaseSilence, Duration leadSilence, Duration streamSilence, Duration verifyInterval,
        Duration longestPause) {
    /// What a publisher in operation has.
    static final Limits STANDARD = new Limits(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofSeconds(5),
            Duration.ofSeconds(30),
            Duration.ofMinutes(2), Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(20),
            Duration.ofMinutes(1), Duration.ofSeconds(30));
}
