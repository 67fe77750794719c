/// A laboratory for Spring Boot applications, with its meters and its endpoint; needs `spring-boot-autoconfigure`.
@NullMarked
package io.datadrivenchanges.experiment.autoconfigure;

import org.jspecify.annotations.NullMarked;
