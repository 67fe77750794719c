package io.datadrivenchanges.http;

/// Makes text of unknown origin fit for a log line or an error answer.
public final class LogSafe {
    private static final int MAX_LENGTH = 100;

    private LogSafe() {}

    /// The text in double quotes, escaped like a JSON string so that it stays on one line, cut to 100 characters with `…`
    /// as the last one. Whatever is not printable ASCII is written as `\\uXXXX`.
    public static String quote(String text) {
        var quoted = new StringBuilder(MAX_LENGTH).append('"');
        int cut = quoted.length();
        for (int i = 0; i < text.length(); i++) {
            quoted.append(escaped(text.charAt(i)));
            if (quoted.length() > MAX_LENGTH - 1) {
                quoted.setLength(cut);
                return quoted.append("…\"").toString();
            }
            cut = quoted.length() <= MAX_LENGTH - 2 ? quoted.length() : cut;
        }
        return quoted.append('"').toString();
    }

    private static String escaped(char character) {
        return switch (character) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> character >= ' ' && character < 0x7f
                    ? String.valueOf(character)
                    : String.format("\\u%04x", (int) character);
        };
    }
}
