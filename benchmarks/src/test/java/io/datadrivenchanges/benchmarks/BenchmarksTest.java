package io.datadrivenchanges.benchmarks;

import java.io.PrintWriter;
import java.io.StringWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BenchmarksTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "pipeline --rate 0                    | --rate has to be 1 to 10000.",
            "pipeline --rate many                 | Invalid value for option '--rate'",
            "pipeline --changes 0                 | --changes has to be 1 to 1000000.",
            "pipeline --rounds 101                | --rounds has to be 1 to 100.",
            "pipeline --warm-up -1                | --warm-up has to be 0 to 1000000.",
            "pipeline --idle-seconds 0            | --idle-seconds has to be 1 to 600.",
            "pipeline --json nowhere/result.json  | --json has to name a file in a folder that exists",
            "pipeline --plot .                    | --plot has to name a file in a folder that exists",
            "capacity --first-rate 7              | --first-rate has to be 8 to 100000.",
            "capacity --seconds 601               | --seconds has to be 1 to 600.",
            "capacity --max-p99 0                 | --max-p99 has to be 1 to 10000.",
            "payments --connections 49            | --connections has to be 1 to 48.",
            "payments --rate 0                    | --rate has to be 1 to 10000.",
            "payments --rounds 0                  | --rounds has to be 1 to 100.",
            "payments --seconds 601               | --seconds has to be 1 to 600.",
            "payments --json nowhere/result.json  | --json has to name a file in a folder that exists",
            "rebuild --couriers 0                 | --couriers has to be 1 to 5000000.",
            "rebuild --rounds 0                   | --rounds has to be 1 to 100.",
            "rebuild --plot .                     | --plot has to name a file in a folder that exists",
            "startup --rounds 0                   | --rounds has to be 1 to 100.",
            "disturbance --pairs 9                | --pairs has to be 10 to 10000.",
            "latency                              | Unmatched argument at index 0: 'latency'"})
    void saysInASentenceWhatIsWrongBeforeItStartsAnything(String arguments, String sentence) {
        int code = execute(arguments.split(" "));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).startsWith(sentence).contains("--help");
    }

    @Test
    void tellsItsVersion() {
        assertThat(execute("-V")).isZero();

        assertThat(out.toString()).startsWith("benchmarks ");
    }

    private int execute(String... arguments) {
        return Benchmarks.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
