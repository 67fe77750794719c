package io.datadrivenchanges.http;

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Who may call a service.
///
/// @param mode               `open`: anyone who reaches the port, which is on loopback; `jwt`: bearers of an access token
/// @param openBehindLoopback Whether something else keeps an open service on loopback, such as a published container port
/// @param allowedHosts       Host names that callers may address the service by; `*` allows any
@ConfigurationProperties(prefix = "security", ignoreUnknownFields = false)
record StrictSecurityProperties(@DefaultValue("open") Mode mode, @DefaultValue("false") boolean openBehindLoopback,
        @DefaultValue( {
                "localhost", "127.0.0.1", "[::1]"}) List<String> allowedHosts){

    enum Mode {
        OPEN, JWT
    }

    boolean allowsHost(String host) {
        return allowedHosts.contains("*") || allowedHosts.stream().anyMatch(host::equalsIgnoreCase);
    }
}
