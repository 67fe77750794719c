package io.datadrivenchanges.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/// Free ports on loopback.
///
/// They are taken from below the range that operating systems use for outgoing connections (Linux: from 32768, macOS: from
/// 49152). Otherwise a client that retries the port of a killed server may be given that very port for its own end, connect
/// to itself, and keep the server from coming back.
public final class Ports {
    private static final int FIRST = 20_000;
    private static final int END = 32_768;
    private static final int MAX_TRIES = 1_000;

    private Ports() {}

    /// A port for each name, all different.
    ///
    /// @throws StackException if there are not as many
    public static <N> Map<N, Integer> free(Collection<N> names) {
        Map<N, Integer> ports = new LinkedHashMap<>();
        names.forEach(name -> ports.put(name, freeExcept(ports.values())));
        return ports;
    }

    static int free() {
        return freeExcept(List.of());
    }

    private static int freeExcept(Collection<Integer> taken) {
        for (int i = 0; i < MAX_TRIES; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            if (!taken.contains(port) && isFree(port)) {
                return port;
            }
        }
        throw new StackException("No free port between " + FIRST + " and " + (END - 1) + " on 127.0.0.1.");
    }

    static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 1);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
