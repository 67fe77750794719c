/// Load on the running system: synthetic deliveries or a replayed trace, each paid once, summed up at the end.
@NullMarked
package io.datadrivenchanges.traffic;

import org.jspecify.annotations.NullMarked;
