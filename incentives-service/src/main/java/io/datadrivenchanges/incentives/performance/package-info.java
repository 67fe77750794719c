/// Performance levels: set, read, and numbered so that their changes can be ordered elsewhere.
@NullMarked
package io.datadrivenchanges.incentives.performance;

import org.jspecify.annotations.NullMarked;
