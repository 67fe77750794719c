package io.datadrivenchanges.http;

import java.util.regex.Pattern;

/// A parameter of a request that is a whole number, as digits alone: no sign, no leading zero, no exponent. Thread-safe.
public final class WholeNumber {
    private static final Pattern TEXT = Pattern.compile("0|[1-9][0-9]{0,15}");

    private WholeNumber() {}

    /// The number that a text stands for.
    ///
    /// @param min not negative
    /// @param max below 10^16
    /// @throws ProblemException 400, naming the parameter and its bounds, if the text is no such number or is not within them
    public static long parse(String parameter, String text, long min, long max) {
        if (TEXT.matcher(text).matches()) {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw Problem.invalid(parameter, "must be an integer from " + min + " to " + max).raised();
    }
}
