/// How long a copy of the topic takes to build, and what it costs to hold, beside other ways to hold one.
@NullMarked
package io.datadrivenchanges.benchmarks.rebuild;

import org.jspecify.annotations.NullMarked;
