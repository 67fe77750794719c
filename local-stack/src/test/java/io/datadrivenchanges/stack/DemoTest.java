package io.datadrivenchanges.stack;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;

import io.datadrivenchanges.traffic.Traffic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

class DemoTest {
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--payments-port 0 | PAYMENTS_PORT must be a port from 1 to 65535.",
            "--kafka-port 65536 | KAFKA_PORT must be a port from 1 to 65535.",
            "--postgres-port x | Invalid value for option '--postgres-port'",
            "--rate 0 | --rate must be greater than 0",
            "--limit 0 | --limit must be at least 1.",
            "--trace missing.csv.gz | There is no trace file missing.csv.gz.",
            "--no-traffic --limit 3 | --no-traffic does not go with --trace or --limit.",
            "--nonsense | Unknown option: '--nonsense'",
    })
    void saysWhatIsWrongWithAnOption(String arguments, String sentence) {
        assertThat(execute(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(sentence).contains("See 'demo --help'.").doesNotContain("\tat ");
    }

    @Test
    void namesTheVariableOfATakenPort() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int code = execute("--payments-port", Integer.toString(taken.getLocalPort()),
                    "--incentives-port", Integer.toString(Ports.free()),
                    "--publisher-port", Integer.toString(Ports.free()),
                    "--postgres-port", Integer.toString(Ports.free()),
                    "--kafka-port", Integer.toString(Ports.free()));

            assertThat(code).isEqualTo(1);
            assertThat(err.toString()).containsOnlyOnce("\n")
                    .contains("for payments-service is taken")
                    .contains("PAYMENTS_PORT");
        }
    }

    private int execute(String... arguments) {
        return Traffic.inSentences(new CommandLine(new Demo()), StackException.class)
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
