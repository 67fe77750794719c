/// What tests of experiments need: time that moves by command, and a sink that remembers.
@NullMarked
package io.datadrivenchanges.experiment.testing;

import org.jspecify.annotations.NullMarked;
