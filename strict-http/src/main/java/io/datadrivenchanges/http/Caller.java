package io.datadrivenchanges.http;

import java.util.Set;
import java.util.stream.Collectors;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;

/// Who sent a request. Immutable.
///
/// @param name   subject of the token, or `local` with `security.mode=open`
/// @param scopes scopes of the token; empty with `security.mode=open`
/// @param trusted whether no token is asked for, so that every scope counts as given
public record Caller(String name, Set<String> scopes, boolean trusted) {
    private static final String SCOPE = "SCOPE_";

    /// Copies the scopes.
    public Caller {
        scopes = Set.copyOf(scopes);
    }

    /// The caller of the request.
    public static Caller of(HttpServletRequest request) {
        if (!(request.getUserPrincipal() instanceof JwtAuthenticationToken token)) {
            return new Caller("local", Set.of(), true);
        }
        return new Caller(token.getName(), scopes(token), false);
    }

    /// Whether this caller may do what the scope stands for.
    public boolean has(String scope) {
        return trusted || scopes.contains(scope);
    }

    private static Set<String> scopes(Authentication token) {
        return token.getAuthorities().stream().map(authority -> String.valueOf(authority.getAuthority()))
                .filter(authority -> authority.startsWith(SCOPE)).map(authority -> authority.substring(SCOPE.length()))
                .collect(Collectors.toSet());
    }
}
