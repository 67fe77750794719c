/// The experiments of this service: at which stage they are and what they have found.
@NullMarked
package io.datadrivenchanges.payments.stage;

import org.jspecify.annotations.NullMarked;
