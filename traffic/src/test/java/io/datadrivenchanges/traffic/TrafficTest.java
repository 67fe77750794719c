package io.datadrivenchanges.traffic;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

import static org.assertj.core.api.Assertions.assertThat;

class TrafficTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "--rate 0 | --rate must be greater than 0 and at most 100000.",
            "--rate -1 | --rate must be greater than 0",
            "--rate NaN | --rate must be greater than 0",
            "--rate fast | Invalid value for option '--rate'",
            "--rate | Missing required parameter for option '--rate'",
            "--limit 0 | --limit must be at least 1.",
            "--limit 1.5 | Invalid value for option '--limit'",
            "--seed x | Invalid value for option '--seed'",
            "--couriers 0 | --couriers must be from 1 to",
            "--max-in-flight 0 | --max-in-flight must be from 1 to",
            "--max-in-flight 1001 | --max-in-flight must be from 1 to",
            "--speed 0 --trace x | --speed must be greater than 0.",
            "--speed Infinity --trace x | --speed must be greater than 0.",
            "--speed 2 | --speed needs --trace.",
            "--seed 1 --trace x | --seed does not go with --trace.",
            "--trace missing.csv.gz | There is no trace file missing.csv.gz.",
            "--payments-url ftp://x | --payments-url must be an http address.",
            "--incentives-url http: | Invalid value for option '--incentives-url'",
            "--incentives-url http:/x | --incentives-url must have a host.",
            "--fast | Unknown option: '--fast'",
    })
    void saysWhatIsWrongWithAnOption(String arguments, String sentence) {
        int code = execute(arguments.split(" "));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains(sentence).contains("See 'traffic --help'.").doesNotContain("\tat ");
    }

    @Test
    void explainsItself() {
        assertThat(execute("--help")).isZero();
        assertThat(out.toString()).contains("--trace").contains("--speed").contains("--rate");
    }

    @Test
    void endsWithZeroOnlyIfAllIsPaid() throws IOException {
        try (var fake = new FakeServices()) {
            String[] arguments = {"--rate", "1000", "--limit", "3", "--payments-url", fake.uri().toString(),
                    "--incentives-url", fake.uri().toString()};

            assertThat(execute(arguments)).isZero();
            fake.next(422);
            assertThat(execute(arguments)).isEqualTo(1);
        }

        assertThat(out.toString()).contains("payments        3").contains("not paid        1");
    }

    private int execute(String... arguments) {
        return Traffic.inSentences(new CommandLine(new Traffic()), TrafficException.class)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
    }
}
