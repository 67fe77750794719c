/// What the experiment costs payments, and what the cache gives them, on the whole system.
@NullMarked
package io.datadrivenchanges.benchmarks.payments;

import org.jspecify.annotations.NullMarked;
