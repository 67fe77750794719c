/// How this module measures, whatever it measures: on what machine, beside whom, at which pace, and where the result goes.
@NullMarked
package io.datadrivenchanges.benchmarks.measurement;

import org.jspecify.annotations.NullMarked;
