/// The whole system on one machine without Docker: real PostgreSQL, real Kafka and the services as child processes.
@NullMarked
package io.datadrivenchanges.stack;

import org.jspecify.annotations.NullMarked;
