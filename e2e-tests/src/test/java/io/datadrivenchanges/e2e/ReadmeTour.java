package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// The commands of the README's tour, each with the answer it shows: the `console` blocks of one `$ curl` line and one below.
///
/// @param steps in the order of the text
record ReadmeTour(List<Step> steps) {
    private static final Pattern STEP = Pattern.compile("```console\n\\$ (curl .*)\n(.*)\n```");
    private static final Pattern VARYING = Pattern.compile("(?<=\"(createdAt|updatedAt|requestId)\":\")[^\"]*");

    static ReadmeTour read(Path readme) throws IOException {
        return new ReadmeTour(STEP.matcher(Files.readString(readme)).results()
                .map(block -> new Step(block.group(1), block.group(2))).toList());
    }

    /// An answer without what differs from run to run.
    static String masked(String answer) {
        return VARYING.matcher(answer).replaceAll("…");
    }

    /// One command and the answer that the README shows for it.
    record Step(String command, String shown) {
        private static final String AT_MOST = "--max-time 10 ";

        /// Runs the command in a shell as the reader does, against this system.
        ///
        /// @return what it printed
        String run(RunningSystem system) throws IOException {
            String here = command.replace("curl ", "curl " + AT_MOST)
                    .replace("http://localhost:8080", system.payments().toString())
                    .replace("http://localhost:8081", system.incentives().toString());
            Process shell = new ProcessBuilder("bash", "-c", here).redirectErrorStream(true).start();
            try (var printed = shell.getInputStream()) {
                return new String(printed.readAllBytes(), StandardCharsets.UTF_8).strip();
            }
        }
    }
}
