/// What callers get when the parts of an experiment misbehave, here and in another library.
@NullMarked
package io.datadrivenchanges.benchmarks.misbehaviour;

import org.jspecify.annotations.NullMarked;
