package io.datadrivenchanges.http;

import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.Filter;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.http.server.observation.ServerRequestObservationConvention;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// Makes a Spring MVC service strict. See the module's ADR for what and why.
@AutoConfiguration(before = ErrorMvcAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(StrictHttpProperties.class)
@Import(ProblemAdvice.class)
class StrictHttpAutoConfiguration {
    static final int BEFORE_SECURITY = SecurityFilterProperties.DEFAULT_FILTER_ORDER - 10;
    private static final int AFTER_SECURITY = SecurityFilterProperties.DEFAULT_FILTER_ORDER + 10;

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> problemValve() {
        return new ProblemValveCustomizer();
    }

    /// Nothing is dispatched to an error page, see [ProblemValveCustomizer]: this only keeps Boot's `/error` away.
    @Bean
    ErrorController noErrorPage() {
        return new ErrorController() {
        };
    }

    @Bean
    ServerRequestObservationConvention problemObservation() {
        return new ProblemObservation();
    }

    @Bean
    FilterRegistrationBean<Filter> pathFilter() {
        return inOrder(new PathFilter(), BEFORE_SECURITY);
    }

    @Bean
    FilterRegistrationBean<Filter> originFilter() {
        return inOrder(new OriginFilter(), BEFORE_SECURITY);
    }

    @Bean
    FilterRegistrationBean<Filter> bodyFilter(StrictHttpProperties limits) {
        return inOrder(new BodyFilter(limits.maxBodySize(), limits.maxBodyTime()), AFTER_SECURITY);
    }

    @Bean
    FilterRegistrationBean<Filter> permitFilter(StrictHttpProperties limits, ObjectProvider<MeterRegistry> registry,
            @Value("${management.endpoints.web.base-path:/actuator}") String actuator) {
        var filter = new PermitFilter(limits.maxWrites(), limits.maxReads(), actuator);
        registry.ifAvailable(filter::bind);
        return inOrder(filter, AFTER_SECURITY + 10);
    }

    @Bean
    WebMvcConfigurer declaredParameters() {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(new DeclaredParameters());
            }
        };
    }

    /// The actuator reads each body into a map of texts, and its operations take the texts apart by themselves: there a number or a
    /// boolean is a text. No controller of ours reads a map.
    @Bean
    WebMvcConfigurer actuatorBodies(JsonMapper strict) {
        JsonMapper mapper = strict.rebuild()
                .enable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(LogicalType.Textual, text -> text
                        .setCoercion(CoercionInputShape.Integer, CoercionAction.TryConvert)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.TryConvert)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.TryConvert))
                .build();
        return new WebMvcConfigurer() {
            @Override
            public void configureMessageConverters(HttpMessageConverters.ServerBuilder converters) {
                converters.configureMessageConverters(converter -> {
                    if (converter instanceof JacksonJsonHttpMessageConverter json) {
                        json.registerMappersForType(Map.class, mappers -> {
                            mappers.put(MediaType.APPLICATION_JSON, mapper);
                            mappers.put(new MediaType("application", "*+json"), mapper);
                        });
                    }
                });
            }
        };
    }

    /// Numbers and booleans are no text, and nothing but text names an enum constant.
    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return mapper -> mapper
                .withCoercionConfig(LogicalType.Textual, text -> text
                        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .withCoercionConfig(LogicalType.Enum, constant -> constant
                        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.EmptyString, CoercionAction.Fail));
    }

    static FilterRegistrationBean<Filter> inOrder(Filter filter, int order) {
        var registration = new FilterRegistrationBean<Filter>(filter);
        registration.setOrder(order);
        return registration;
    }
}
