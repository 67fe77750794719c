/// Compares whole copies of the data with each other, whatever is read of them.
@NullMarked
package io.datadrivenchanges.experiment.audit;

import org.jspecify.annotations.NullMarked;
