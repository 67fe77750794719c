/// The stages, without the rest of the service.
@NullMarked
package io.datadrivenchanges.payments.stage;

import org.jspecify.annotations.NullMarked;
