package io.datadrivenchanges.payments.payment;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/// Reads the `Idempotency-Key` header: bare or in double quotes, at most once.
final class IdempotencyKey {
    private static final String HEADER = "Idempotency-Key";
    private static final Pattern FORM = Pattern.compile("(\"?)([A-Za-z0-9._:-]{8,128})\\1");

    private IdempotencyKey() {}

    /// The key, `null` if there is none.
    ///
    /// @throws io.datadrivenchanges.http.ProblemException 400 if it is malformed, empty or there are two
    static @Nullable String of(HttpHeaders headers) {
        List<String> values = headers.getOrEmpty(HEADER);
        if (values.isEmpty()) {
            return null;
        }
        Matcher key = FORM.matcher(values.getFirst());
        if (values.size() > 1 || !key.matches()) {
            throw Problems.keyInvalid();
        }
        return key.group(2);
    }
}
