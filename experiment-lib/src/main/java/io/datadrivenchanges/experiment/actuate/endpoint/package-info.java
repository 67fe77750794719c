/// The actuator endpoint `experiments`; needs `spring-boot-actuator`.
@NullMarked
package io.datadrivenchanges.experiment.actuate.endpoint;

import org.jspecify.annotations.NullMarked;
