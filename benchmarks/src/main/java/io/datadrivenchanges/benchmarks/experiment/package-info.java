/// What an experiment costs its caller, by JMH.
@NullMarked
package io.datadrivenchanges.benchmarks.experiment;

import org.jspecify.annotations.NullMarked;
