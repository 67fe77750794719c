package io.datadrivenchanges.publisher;

import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/// Why the publisher starts a new generation instead of continuing the one in the topic.
enum Reason {
    NO_MARKER("the topic holds no generation"), INCOMPLETE("the newest generation was never completed"), NO_POSITION(
            "the topic does not say how far it reaches"), OTHER_SYSTEM(
                    "the topic was filled from another database cluster"), OTHER_TIMELINE(
                            "the database was restored or failed over"), SLOT_MISSING(
                                    "the replication slot is gone"), SLOT_INVALIDATED(
                                            "the replication slot is no longer usable"), SLOT_AHEAD(
                                                    "the replication slot is ahead of the topic"), DATABASE_BEHIND(
                                                            "the database is behind the topic"), ROW_DELETED(
                                                                    "a courier was deleted"), TABLE_TRUNCATED(
                                                                            "the courier table was truncated"), AUDIT(
                                                                                    "the audit found a difference between table and topic");

    private final String sentence;

    Reason(String sentence) {
        this.sentence = sentence;
    }

    String sentence() {
        return sentence;
    }

    /// Value of the metric tag and of the field in markers.
    String tag() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The reason with this tag; `null` if there is none.
    static @Nullable Reason ofTag(String tag) {
        return Stream.of(values()).filter(reason -> reason.tag().equals(tag)).findAny().orElse(null);
    }

    /// Whether somebody has to look when it happens again soon: rows do not disappear by themselves, and nothing that this
    /// publisher does makes table and topic differ.
    boolean isStrange() {
        return this == ROW_DELETED || this == TABLE_TRUNCATED || this == AUDIT;
    }
}
