/// Pays couriers per delivery, adjusted by their performance.
@NullMarked
package io.datadrivenchanges.payments;

import org.jspecify.annotations.NullMarked;
