package io.datadrivenchanges.publisher;

import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;

import javax.net.SocketFactory;

/// Makes the change engine's connections to PostgreSQL, so that looking for the next change waits for it.
///
/// The engine asks the driver whether anything has arrived, and the driver answers after reading with a timeout of 1 ms. Without
/// traffic that is a thousand system calls and exceptions a second, and after five of them the engine sleeps, during which a
/// change waits. With these sockets the same read waits up to [#PATIENCE] and ends with the first byte: nothing burns and nothing
/// waits. Five reads are longer than the heartbeat's interval, so the engine's sleep is not reached while heartbeats flow.
///
/// Public because the driver creates it by name. Thread-safe.
public final class PatientSocketFactory extends SocketFactory {
    /// The driver's lock is held meanwhile, which a confirmation to the slot waits for, and so does the end of the engine.
    static final Duration PATIENCE = Duration.ofMillis(200);
    /// How the driver looks whether something is pending; it has no other use for so short a limit.
    private static final int LOOK_MILLIS = 1;

    /// Called by the driver.
    public PatientSocketFactory() {}

    @Override
    public Socket createSocket() {
        return new PatientSocket();
    }

    /// Not supported: the driver connects by itself.
    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException();
    }

    /// Not supported: the driver connects by itself.
    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException();
    }

    /// Not supported: the driver connects by itself.
    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException();
    }

    /// Not supported: the driver connects by itself.
    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException();
    }

    private static final class PatientSocket extends Socket {
        @Override
        public void setSoTimeout(int millis) throws SocketException {
            super.setSoTimeout(millis == LOOK_MILLIS ? Math.toIntExact(PATIENCE.toMillis()) : millis);
        }
    }
}
