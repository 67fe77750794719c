/// Where a courier's performance comes from: Incentives decides, the local copy is compared with it.
@NullMarked
package io.datadrivenchanges.payments.performance;

import org.jspecify.annotations.NullMarked;
