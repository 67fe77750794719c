/// What the HTTP services do alike at their edge: strict requests, one error format, limits, security, a patient start.
@NullMarked
package io.datadrivenchanges.http;

import org.jspecify.annotations.NullMarked;
