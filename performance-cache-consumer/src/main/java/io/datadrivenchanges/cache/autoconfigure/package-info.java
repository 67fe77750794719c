/// Spring Boot's side of the cache: properties, bean, health and meters.
@NullMarked
package io.datadrivenchanges.cache.autoconfigure;

import org.jspecify.annotations.NullMarked;
