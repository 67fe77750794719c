/// The counters of a laboratory as Micrometer meters; needs `micrometer-core`.
@NullMarked
package io.datadrivenchanges.experiment.micrometer;

import org.jspecify.annotations.NullMarked;
