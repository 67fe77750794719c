package io.datadrivenchanges.http;

import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/// Refuses a query parameter that is repeated, empty, or not declared with `@RequestParam` by the method that would
/// answer, so that `page=1&page=2` or `sise=5` is an error instead of a surprise. Applies to `@RestController`s.
final class DeclaredParameters implements HandlerInterceptor {
    private final Map<Method, Set<String>> declared = new ConcurrentHashMap<>();
    private final DefaultParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method
                && AnnotatedElementUtils.hasAnnotation(method.getBeanType(), RestController.class)) {
            check(request.getParameterMap(), declared.computeIfAbsent(method.getMethod(), _ -> parameters(method)));
        }
        return true;
    }

    private static void check(Map<String, String[]> given, Set<String> known) {
        Problem problem = Problem.of(ProblemType.INVALID_FIELD, "A query parameter is not allowed as given.");
        for (var parameter : given.entrySet()) {
            String[] values = parameter.getValue();
            if (!known.contains(parameter.getKey())) {
                String name = LogSafe.quote(parameter.getKey());
                problem = problem.withError(name.substring(1, name.length() - 1),
                        "is not a parameter of this resource");
            } else if (values.length > 1) {
                problem = problem.withError(parameter.getKey(), "must be given once");
            } else if (values[0].isEmpty()) {
                problem = problem.withError(parameter.getKey(), "must not be empty");
            }
        }
        if (!problem.errors().isEmpty()) {
            throw problem.raised();
        }
    }

    private Set<String> parameters(HandlerMethod method) {
        var found = new HashSet<String>();
        for (var parameter : method.getMethodParameters()) {
            var annotation = parameter.getParameterAnnotation(RequestParam.class);
            if (annotation != null) {
                parameter.initParameterNameDiscovery(names);
                found.add(
                        annotation.name().isEmpty() ? String.valueOf(parameter.getParameterName()) : annotation.name());
            }
        }
        return Set.copyOf(found);
    }
}
