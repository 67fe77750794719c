package io.datadrivenchanges.payments.performance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/// The access token that Incentives asks for, in a file that somebody else keeps fresh: the platform's token volume, or an
/// agent of the identity provider. It is read for each call, so that a new one counts at once and a call never waits for
/// an identity provider. Thread-safe.
final class AccessToken {
    private static final long MAX_SIZE = 16 * 1024;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*"); // RFC 6750, so no line break

    private final @Nullable Path file;

    /// @param file null if Incentives asks for no token
    AccessToken(@Nullable Path file) {
        this.file = file;
    }

    /// The token as it is now.
    ///
    /// @return empty without a file
    /// @throws IOException if the file holds none; the message tells nothing of what it holds
    Optional<String> read() throws IOException {
        if (file == null) {
            return Optional.empty();
        }
        if (Files.size(file) <= MAX_SIZE) {
            String text = Files.readString(file).strip();
            if (TOKEN.matcher(text).matches()) {
                return Optional.of(text);
            }
        }
        throw new IOException(file + " holds no token");
    }
}
