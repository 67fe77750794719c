package io.datadrivenchanges.experiment;

import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/// Writes one JSON object on one line, with a blank after each colon and comma. Confined to one thread.
///
/// A value is cut after 256 characters; control characters, line separators and halves of surrogate pairs are escaped, so
/// that any text stays on its line.
final class Json {

    private static final int MAX_TEXT = 256;

    private final StringBuilder line = new StringBuilder(256);

    Json open() {
        line.append('{');
        return this;
    }

    Json close() {
        line.append('}');
        return this;
    }

    Json key(String name) {
        char last = line.charAt(line.length() - 1);
        if (last != '{') {
            line.append(", ");
        }
        quote(name);
        line.append(": ");
        return this;
    }

    Json text(String name, @Nullable String value) {
        key(name);
        if (value == null) {
            line.append("null");
        } else {
            quote(cut(value));
        }
        return this;
    }

    /// As [#text], but never cut.
    Json wholeText(String name, @Nullable String value) {
        key(name);
        if (value == null) {
            line.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    /// A list of objects.
    <T> Json list(String name, Iterable<T> values, BiConsumer<Json, T> object) {
        key(name);
        line.append('[');
        boolean first = true;
        for (T value : values) {
            line.append(first ? "" : ", ");
            open();
            object.accept(this, value);
            close();
            first = false;
        }
        line.append(']');
        return this;
    }

    Json bool(String name, boolean value) {
        key(name);
        line.append(value);
        return this;
    }

    Json number(String name, long value) {
        key(name);
        line.append(value);
        return this;
    }

    Json numberOrNull(String name, @Nullable Long value) {
        key(name);
        line.append(value);
        return this;
    }

    @Override
    public String toString() {
        return line.toString();
    }

    /// At most 256 characters of a text, an ellipsis for the rest; a surrogate pair is not torn.
    static String cut(String text) {
        if (text.length() <= MAX_TEXT) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 2)) ? MAX_TEXT - 2 : MAX_TEXT - 1;
        return text.substring(0, end) + "…";
    }

    private void quote(String text) {
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> line.append("\\\"");
                case '\\' -> line.append("\\\\");
                case '\n' -> line.append("\\n");
                case '\r' -> line.append("\\r");
                case '\t' -> line.append("\\t");
                default -> {
                    if (isPair(text, i)) {
                        line.append(c).append(text.charAt(++i));
                    } else if (isUnsafe(c)) {
                        escape(c);
                    } else {
                        line.append(c);
                    }
                }
            }
        }
        line.append('"');
    }

    private static boolean isPair(String text, int i) {
        return i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
    }

    private static boolean isUnsafe(char c) {
        return Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029';
    }

    private void escape(char c) {
        String hex = Integer.toHexString(c);
        line.append("\\u").append("0".repeat(4 - hex.length())).append(hex);
    }
}
