/// How long the demo takes to be of use, and what it holds.
@NullMarked
package io.datadrivenchanges.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
