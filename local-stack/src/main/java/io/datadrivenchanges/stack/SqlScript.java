package io.datadrivenchanges.stack;

import java.util.ArrayList;
import java.util.List;

/// A script of SQL statements that end in `;`, with comments, quoted text and `$$` bodies.
final class SqlScript {
    private SqlScript() {}

    /// The statements in their order, without comments and the final `;`.
    static List<String> statements(String script) {
        List<String> statements = new ArrayList<>();
        var statement = new StringBuilder();
        int i = 0;
        while (i < script.length()) {
            int end;
            if (script.startsWith("--", i)) {
                i = endOf(script, "\n", i);
                statement.append('\n');
                continue;
            } else if (script.startsWith("/*", i)) {
                i = endOf(script, "*/", i + 2);
                continue;
            } else if (script.charAt(i) == '\'' || script.charAt(i) == '"') {
                end = endOf(script, script.substring(i, i + 1), i + 1);
            } else if (script.startsWith("$$", i)) {
                end = endOf(script, "$$", i + 2);
            } else if (script.charAt(i) == ';') {
                add(statements, statement);
                i++;
                continue;
            } else {
                end = i + 1;
            }
            statement.append(script, i, end);
            i = end;
        }
        add(statements, statement);
        return statements;
    }

    private static void add(List<String> statements, StringBuilder statement) {
        if (!statement.toString().isBlank()) {
            statements.add(statement.toString().strip());
        }
        statement.setLength(0);
    }

    private static int endOf(String script, String mark, int from) {
        int at = script.indexOf(mark, from);
        return at < 0 ? script.length() : at + mark.length();
    }
}
