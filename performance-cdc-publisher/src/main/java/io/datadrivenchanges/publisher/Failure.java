package io.datadrivenchanges.publisher;

import java.sql.SQLException;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/// Why a term ended, classified once. Immutable.
///
/// @param sentence for the log and the health details
/// @param familiar whether the sentence says it all; otherwise a stack trace belongs beside it
record Failure(Kind kind, String sentence, boolean familiar) {
    /// What follows, the stronger one later: `RETRY` with growing pauses, `PERSON` retries every 30 s and reports DOWN, `FENCED`
    /// stands by since somebody else leads, `GENERATION` needs a new generation, `FATAL` means that the process cannot be trusted.
    enum Kind {
        RETRY, PERSON, FENCED, GENERATION, FATAL
    }

    static Failure of(Throwable thrown) {
        Throwable deepest = thrown;
        Failure found = null;
        int depth = 0;
        for (Throwable cause = thrown; cause != null && depth < 32; cause = cause.getCause(), depth++) {
            Failure known = known(cause);
            if (known != null && (found == null || known.kind().compareTo(found.kind()) >= 0)) {
                found = known;
            }
            deepest = cause;
        }
        return found != null ? found : new Failure(Kind.RETRY, sentence(deepest), false);
    }

    private static @Nullable Failure known(Throwable cause) {
        return switch (cause) {
            case VirtualMachineError _,LinkageError _ -> new Failure(Kind.FATAL, sentence(cause), false);
            case GenerationNeededException _ -> new Failure(Kind.GENERATION, sentence(cause), true);
            case ProducerFencedException _,InvalidProducerEpochException _ ->
                new Failure(Kind.FENCED, "Kafka: another publisher took over", true);
            case NeedsPersonException _ -> new Failure(Kind.PERSON, sentence(cause), true);
            case NotYetException _ -> new Failure(Kind.RETRY, sentence(cause), true);
            case AuthenticationException _,AuthorizationException _ ->
                new Failure(Kind.PERSON, "Kafka: " + sentence(cause), true);
            case SQLException failed -> new Failure(needsPerson(failed) ? Kind.PERSON : Kind.RETRY,
                    "PostgreSQL: " + sentence(failed), true);
            case KafkaException _ when cause.getClass().getName().startsWith("org.apache.kafka.common.") ->
                new Failure(Kind.RETRY, "Kafka: " + sentence(cause), true);
            default -> null;
        };
    }

    /// Authentication, or a missing right.
    private static boolean needsPerson(SQLException failed) {
        String state = failed.getSQLState();
        return state != null && (state.startsWith("28") || state.equals("42501"));
    }

    private static String sentence(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank()
                ? thrown.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message).strip();
    }
}
