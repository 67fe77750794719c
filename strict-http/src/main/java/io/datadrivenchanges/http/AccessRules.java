package io.datadrivenchanges.http;

import java.util.ArrayList;
import java.util.List;

import org.springframework.http.HttpMethod;

/// Which scopes open which paths of a service when `security.mode=jwt`. A service declares one bean of it; what no rule
/// names is refused, and the first rule that matches counts. Immutable.
///
/// ```java
/// @Bean
/// AccessRules accessRules() {
///     return AccessRules.none().allow(HttpMethod.POST, "/payments", "payments.write");
/// }
/// ```
public record AccessRules(List<Rule> rules) {
    /// One line of the rules.
    ///
    /// @param method  HTTP method
    /// @param pattern path pattern of Spring, such as `/payments/{deliveryId}` or `/experiments/**`
    /// @param scopes  scopes of which one is enough; empty = anyone, even without a token
    public record Rule(HttpMethod method, String pattern, List<String> scopes) {
        /// Copies the scopes.
        public Rule {
            scopes = List.copyOf(scopes);
        }
    }

    /// Copies the rules.
    public AccessRules {
        rules = List.copyOf(rules);
    }

    /// Rules that refuse everything.
    public static AccessRules none() {
        return new AccessRules(List.of());
    }

    /// A copy in which callers with at least one of the scopes may use the method on the paths.
    public AccessRules allow(HttpMethod method, String pattern, String scope, String... alternatives) {
        var scopes = new ArrayList<String>(List.of(scope));
        scopes.addAll(List.of(alternatives));
        return and(new Rule(method, pattern, scopes));
    }

    /// A copy in which everyone may use the method on the paths.
    public AccessRules allowAnyone(HttpMethod method, String pattern) {
        return and(new Rule(method, pattern, List.of()));
    }

    private AccessRules and(Rule rule) {
        var more = new ArrayList<>(rules);
        more.add(rule);
        return new AccessRules(more);
    }
}
