package io.datadrivenchanges.http;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;

/// The same errors on a management port of its own, which is a second Tomcat.
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
class StrictManagementConfiguration {
    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> managementProblemValve() {
        return new ProblemValveCustomizer();
    }

    @Bean
    FilterRegistrationBean<Filter> managementPathFilter() {
        return StrictHttpAutoConfiguration.inOrder(new PathFilter(), StrictHttpAutoConfiguration.BEFORE_SECURITY);
    }

    /// Boot maps an error endpoint there that answers direct calls with status 999.
    @Bean
    FilterRegistrationBean<Filter> noManagementErrorPage() {
        var registration = new FilterRegistrationBean<Filter>((request, response, _) -> Problem
                .of(ProblemType.NOT_FOUND, "There is nothing here.")
                .send((HttpServletRequest) request, (HttpServletResponse) response));
        registration.addUrlPatterns("/error");
        return registration;
    }
}
