/// Tests of the service over real HTTP and on a real PostgreSQL.
@NullMarked
package io.datadrivenchanges.incentives;

import org.jspecify.annotations.NullMarked;
