package io.datadrivenchanges.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;

/// Lets in whom `security.mode` says, and only by the allowed host names.
@AutoConfiguration(before = {ServletWebSecurityAutoConfiguration.class, OAuth2ResourceServerAutoConfiguration.class,
        ManagementWebSecurityAutoConfiguration.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@EnableConfigurationProperties(StrictSecurityProperties.class)
class StrictSecurityAutoConfiguration {
    private static final String OPERATOR = "SCOPE_ops";
    private static final Pattern SUBJECT = Pattern.compile("[ -~]{1,255}");

    @Bean
    StrictHttpFirewall httpFirewall(StrictSecurityProperties properties) {
        var firewall = new StrictHttpFirewall();
        firewall.setAllowedHostnames(properties::allowsHost);
        return firewall;
    }

    @Bean
    RequestRejectedHandler requestRejectedHandler() {
        return (request, response, _) -> Problem
                .of(ProblemType.BAD_REQUEST, "The method, host, path or a header is not allowed.")
                .send(request, response);
    }

    @Bean
    @ConditionalOnProperty(name = "security.mode", havingValue = "open")
    SecurityFilterChain openAccess(HttpSecurity http, StrictSecurityProperties properties, Environment environment) {
        requireLoopback("server.address", properties, environment);
        if (environment.containsProperty("management.server.address")) {
            requireLoopback("management.server.address", properties, environment);
        }
        return stateless(http).authorizeHttpRequests(requests -> requests.anyRequest().permitAll()).build();
    }

    @Bean
    @ConditionalOnProperty(name = "security.mode", havingValue = "jwt")
    SecurityFilterChain tokenAccess(HttpSecurity http, ObjectProvider<AccessRules> rules,
            @Value("${management.endpoints.web.base-path:/actuator}") String actuator,
            @Value("${spring.security.oauth2.resourceserver.jwt.audiences:}") String audiences) {
        if (audiences.isBlank()) {
            throw new MisconfiguredException(
                    "security.mode=jwt without an audience accepts tokens meant for others.",
                    "Set spring.security.oauth2.resourceserver.jwt.audiences to the name of this service.");
        }
        return stateless(http)
                .authorizeHttpRequests(requests -> {
                    requests.requestMatchers(HttpMethod.GET, actuator + "/health/liveness",
                            actuator + "/health/readiness")
                            .permitAll();
                    requests.requestMatchers(actuator, actuator + "/**").hasAuthority(OPERATOR);
                    for (var rule : rules.getIfAvailable(AccessRules::none).rules()) {
                        var matched = requests.requestMatchers(rule.method(), rule.pattern());
                        if (rule.scopes().isEmpty()) {
                            matched.permitAll();
                        } else {
                            matched.hasAnyAuthority(
                                    rule.scopes().stream().map(scope -> "SCOPE_" + scope).toArray(String[]::new));
                        }
                    }
                    requests.anyRequest().denyAll();
                })
                .oauth2ResourceServer(server -> server.authenticationEntryPoint(unauthenticated())
                        .accessDeniedHandler(forbidden()).jwt(_ -> {}))
                .build();
    }

    /// What Spring asks of a token only if the token says it: that it ends, for one that never ends could not be taken back,
    /// and whose it is, within the bounds of OpenID Connect, for that goes into tables and keys.
    @Bean
    @ConditionalOnProperty(name = "security.mode", havingValue = "jwt")
    OAuth2TokenValidator<Jwt> endAndSubject() {
        return token -> token.getExpiresAt() != null && token.getSubject() != null
                && SUBJECT.matcher(token.getSubject()).matches()
                        ? OAuth2TokenValidatorResult.success()
                        : OAuth2TokenValidatorResult.failure(new OAuth2Error(OAuth2ErrorCodes.INVALID_TOKEN));
    }

    private static HttpSecurity stateless(HttpSecurity http) {
        return http.csrf(AbstractHttpConfigurer::disable) // no cookies, no sessions; OriginFilter keeps browsers' pages out
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .exceptionHandling(failures -> failures.authenticationEntryPoint(unauthenticated())
                        .accessDeniedHandler(forbidden()));
    }

    private static AuthenticationEntryPoint unauthenticated() {
        return (request, response, _) -> Problem
                .of(ProblemType.UNAUTHENTICATED, "Send a valid token as Authorization: Bearer.")
                .withHeader("WWW-Authenticate", "Bearer").send(request, response);
    }

    private static AccessDeniedHandler forbidden() {
        return (request, response, _) -> Problem.of(ProblemType.FORBIDDEN, "The token has none of the needed scopes.")
                .send(request, response);
    }

    private static void requireLoopback(String key, StrictSecurityProperties properties, Environment environment) {
        String address = environment.getProperty(key);
        if (!properties.openBehindLoopback() && !isLoopback(address)) {
            throw new MisconfiguredException(
                    "security.mode=open asks for no token, but %s=%s is not a loopback address.".formatted(key,
                            address),
                    "Set security.mode=jwt, or %s=127.0.0.1, or, if something else keeps the port private, OPEN_BEHIND_LOOPBACK=true."
                            .formatted(key));
        }
    }

    private static boolean isLoopback(@Nullable String address) {
        try {
            return address != null && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }
}
