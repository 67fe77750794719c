package io.datadrivenchanges.http;

import java.io.IOException;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ServletRequestPathUtils;

/// Refuses a path that Spring cannot decode. Tomcat decodes what it looks up by, which leaves out the parameters after a `;`, so that
/// a broken one would first be noticed where it counts as a bug of ours.
final class PathFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (isDecodable(request)) {
            chain.doFilter(request, response);
        } else {
            Problem.of(ProblemType.BAD_REQUEST, "The path cannot be decoded.").send(request, response);
        }
    }

    private static boolean isDecodable(HttpServletRequest request) {
        try {
            ServletRequestPathUtils.parse(request);
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
