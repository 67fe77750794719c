/// A local copy of all couriers' performance levels, kept fresh by the change topic, that knows what it does not know.
@NullMarked
package io.datadrivenchanges.cache;

import org.jspecify.annotations.NullMarked;
