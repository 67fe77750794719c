package io.datadrivenchanges.http;

import java.util.Optional;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import org.springframework.http.server.observation.DefaultServerRequestObservationConvention;
import org.springframework.http.server.observation.ServerRequestObservationContext;

/// Adds the name of the problem that a request was answered with, or `none`, to `http.server.requests`.
final class ProblemObservation extends DefaultServerRequestObservationConvention {
    private static final KeyValue NONE = KeyValue.of("problem", "none");

    @Override
    public KeyValues getLowCardinalityKeyValues(ServerRequestObservationContext context) {
        KeyValue problem = Optional.ofNullable(context.getCarrier()).flatMap(Problem::answered)
                .map(answered -> KeyValue.of("problem", answered.type().name())).orElse(NONE);
        return super.getLowCardinalityKeyValues(context).and(problem);
    }
}
