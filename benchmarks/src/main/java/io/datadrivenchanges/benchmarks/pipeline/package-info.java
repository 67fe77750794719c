/// How long a committed change takes to a reader: by a hand-written floor, by Debezium with its defaults, by this system.
@NullMarked
package io.datadrivenchanges.benchmarks.pipeline;

import org.jspecify.annotations.NullMarked;
