/// Computes and draws what docs/verdict.md says about the verdict of an experiment.
@NullMarked
package io.datadrivenchanges.benchmarks.verdict;

import org.jspecify.annotations.NullMarked;
