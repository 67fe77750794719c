/// The service that owns each courier's performance level.
@NullMarked
package io.datadrivenchanges.incentives;

import org.jspecify.annotations.NullMarked;
