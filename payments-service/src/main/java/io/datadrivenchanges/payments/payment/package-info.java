/// Payments: one per delivery, with exact money, never changed once made.
@NullMarked
package io.datadrivenchanges.payments.payment;

import org.jspecify.annotations.NullMarked;
