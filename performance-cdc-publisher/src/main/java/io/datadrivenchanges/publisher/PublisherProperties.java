package io.datadrivenchanges.publisher;

import java.time.Duration;
import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Settings of the publisher; Kafka's address and security come from `spring.kafka`.
///
/// @param database    source database
/// @param slot        replication slot, the only resume position; belongs to this publisher alone
/// @param publication publication that the owner's migration creates
/// @param topic       target topic
/// @param auditInterval time between two comparisons of the whole table with the whole topic
/// @param instance    name in heartbeat records; letters, digits, dot, hyphen and underscore; empty means host and process
@ConfigurationProperties(prefix = "performance.publisher", ignoreUnknownFields = false)
record PublisherProperties(@DefaultValue Database database, @DefaultValue("courier_performance_slot") String slot,
        @DefaultValue("courier_performance_pub") String publication, @DefaultValue Topic topic,
        @DefaultValue("10m") Duration auditInterval, @DefaultValue("") String instance) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,100}");
    private static final Duration MIN_AUDIT_INTERVAL = Duration.ofSeconds(10);
    private static final Pattern SQL_NAME = Pattern.compile("[a-z0-9_]{1,63}");

    PublisherProperties {
        String host = System.getenv().getOrDefault("HOSTNAME", "publisher").replaceAll("[^A-Za-z0-9.-]", "-");
        instance = instance.isEmpty() ? host + "-" + ProcessHandle.current().pid() : instance;
        if (auditInterval.compareTo(MIN_AUDIT_INTERVAL) < 0) {
            throw new IllegalArgumentException("performance.publisher.audit-interval must be at least "
                    + MIN_AUDIT_INTERVAL.toSeconds() + "s, but is " + auditInterval);
        }
        require(NAME, instance, "performance.publisher.instance");
        require(SQL_NAME, slot, "performance.publisher.slot");
        require(SQL_NAME, publication, "performance.publisher.publication");
    }

    private static void require(Pattern form, String value, String key) {
        if (!form.matcher(value).matches()) {
            throw new IllegalArgumentException(key + " must match " + form + ", but is '" + value + "'");
        }
    }

    /// @param host     address of the server
    /// @param port     port of the server
    /// @param name     database that holds the courier table
    /// @param user     role with REPLICATION
    /// @param password password of the role; the default is for development only
    record Database(@DefaultValue("127.0.0.1") String host, @DefaultValue("15432") int port,
            @DefaultValue("incentives") String name, @DefaultValue("perf_cdc") String user,
            @DefaultValue("perf_cdc") String password) {
        String jdbcUrl() {
            return "jdbc:postgresql://" + host + ":" + port + "/" + name;
        }

        @Override
        public String toString() {
            return host + ":" + port + "/" + name;
        }
    }

    /// @param name              name of the topic
    /// @param partitions        partitions, the same in every reader; only a new topic may have another number
    /// @param replicationFactor replicas when the topic is created
    /// @param create            whether to create a missing topic
    record Topic(@DefaultValue("courier-performance") String name, @DefaultValue("1") int partitions,
            @DefaultValue("1") short replicationFactor, @DefaultValue("true") boolean create) {
        Topic {
            require(NAME, name, "performance.publisher.topic.name");
            if (partitions < 1 || replicationFactor < 1) {
                throw new IllegalArgumentException(
                        "performance.publisher.topic.partitions and replication-factor must be at least 1");
            }
        }
    }
}
