package io.datadrivenchanges.experiment;

import org.jspecify.annotations.Nullable;

/// Values as text, for people.
final class Shown {

    private Shown() {}

    /// The value's `toString`, at most 256 characters of it; one that throws is said so.
    static @Nullable String text(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        try {
            return Json.cut(String.valueOf(value));
        } catch (Throwable thrown) {
            return "(toString of " + value.getClass().getName() + " threw " + thrown.getClass().getName() + ")";
        }
    }

    static @Nullable String text(Outcome<? extends @Nullable Object> outcome) {
        return switch (outcome) {
            case Outcome.Returned<? extends @Nullable Object> returned -> text(returned.value());
            case Outcome.Threw<? extends @Nullable Object> threw -> text(threw.error());
            case Outcome.TimedOut<? extends @Nullable Object> late -> "no answer within " + late.limit();
            case Outcome.NotRun<? extends @Nullable Object> not -> "not run";
        };
    }
}
