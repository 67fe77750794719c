/// Compares a candidate with the control it shall replace, on real calls, without the caller noticing.
@NullMarked
package io.datadrivenchanges.experiment;

import org.jspecify.annotations.NullMarked;
