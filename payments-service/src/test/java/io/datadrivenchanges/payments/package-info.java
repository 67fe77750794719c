/// payments-service as a whole, on a real database.
@NullMarked
package io.datadrivenchanges.payments;

import org.jspecify.annotations.NullMarked;
