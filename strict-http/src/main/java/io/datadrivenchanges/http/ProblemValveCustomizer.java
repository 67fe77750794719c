package io.datadrivenchanges.http;

import org.apache.catalina.core.StandardHost;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/// Puts [ProblemValve] around a Tomcat and takes the error pages away, so that errors come to the valve.
final class ProblemValveCustomizer implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(context -> {
            ((StandardHost) context.getParent()).setErrorReportValveClass(ProblemValve.class.getName());
            for (var page : context.findErrorPages()) {
                context.removeErrorPage(page);
            }
        });
    }
}
