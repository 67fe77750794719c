/// What the system costs and how fast it is, measured by command.
@NullMarked
package io.datadrivenchanges.benchmarks;

import org.jspecify.annotations.NullMarked;
