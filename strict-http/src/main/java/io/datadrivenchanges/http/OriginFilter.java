package io.datadrivenchanges.http;

import java.io.IOException;
import java.net.URI;
import java.util.Set;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;

/// Refuses writes that a browser sends on behalf of a page from elsewhere. Clients that are no browsers send no `Origin`.
final class OriginFilter extends OncePerRequestFilter {
    private static final Set<String> HARMLESS = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        if (origin == null || HARMLESS.contains(request.getMethod()) || isOwn(origin, request)) {
            chain.doFilter(request, response);
        } else {
            Problem.of(ProblemType.FORBIDDEN, "Pages from elsewhere may not change anything here.").send(request,
                    response);
        }
    }

    private static boolean isOwn(String origin, HttpServletRequest request) {
        try {
            String authority = URI.create(origin).getRawAuthority();
            return authority != null && authority.equalsIgnoreCase(request.getHeader(HttpHeaders.HOST));
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
