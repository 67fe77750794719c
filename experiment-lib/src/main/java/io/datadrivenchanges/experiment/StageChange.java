package io.datadrivenchanges.experiment;

import java.util.EnumSet;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/// A wish to move an experiment to another stage. Immutable.
///
/// One step forward is allowed, and every step back; also another share at [Stage#CANARY]. Going further forward at once needs an
/// `override`: the name of what allows it, such as a ticket or a person, which is kept with the change.
///
/// @param experiment its name
/// @param to the stage to go to
/// @param canaryPercent share of the keys that the candidate shall answer, 1 to 100, at [Stage#CANARY]; 0 at every other stage
/// @param who asks for it, as [#TEXT]
/// @param why in a few words, as [#TEXT]
/// @param override what allows to skip stages, as [#TEXT]; `null` = nothing
public record StageChange(String experiment, Stage to, int canaryPercent, String who, String why,
        @Nullable String override) {

    /// One line of letters, digits, punctuation and blanks of any script: it goes to logs and audits.
    public static final Pattern TEXT = Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S} ]{1,200}");

    /// @throws IllegalArgumentException if a share or a text is not as said
    public StageChange {
        if (to == Stage.CANARY ? canaryPercent < 1 || canaryPercent > 100 : canaryPercent != 0) {
            throw new IllegalArgumentException("no share for " + to + ": " + canaryPercent);
        }
        check("who", who);
        check("why", why);
        if (override != null) {
            check("override", override);
        }
    }

    /// Whether this may follow a stage.
    ///
    /// @param from stage of the experiment before
    public boolean mayFollow(Stage from) {
        return to.compareTo(from) <= 0 || EnumSet.range(from, to).size() == 2 || override != null;
    }

    private static void check(String name, String text) {
        if (text.isBlank() || !TEXT.matcher(text).matches()) {
            throw new IllegalArgumentException(name + " must be one line of 1 to 200 characters");
        }
    }
}
