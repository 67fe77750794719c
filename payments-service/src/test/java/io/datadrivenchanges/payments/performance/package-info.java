/// Tests of the package of the same name.
@NullMarked
package io.datadrivenchanges.payments.performance;

import org.jspecify.annotations.NullMarked;
