/// Tests of the package of the same name.
@NullMarked
package io.datadrivenchanges.payments.payment;

import org.jspecify.annotations.NullMarked;
