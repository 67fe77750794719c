package io.datadrivenchanges.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// Loopback ports that nobody listens on at the moment, below the range from which an outgoing connection could take one
/// before it is used.
final class FreePorts {
    private static final int LOWEST = 20_000;
    private static final int BEYOND = 32_000;
    private static final int MAX_TRIES = 1_000;

    private FreePorts() {}

    /// One port for each name, all different.
    static Map<String, Integer> of(List<String> names) {
        var ports = new LinkedHashMap<String, Integer>();
        for (int tries = 0; ports.size() < names.size(); tries++) {
            if (tries == MAX_TRIES) {
                throw new IllegalStateException("no free ports between " + LOWEST + " and " + BEYOND);
            }
            int port = ThreadLocalRandom.current().nextInt(LOWEST, BEYOND);
            if (!ports.containsValue(port) && free(port)) {
                ports.put(names.get(ports.size()), port);
            }
        }
        return ports;
    }

    private static boolean free(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException _) {
            return false;
        }
    }
}
