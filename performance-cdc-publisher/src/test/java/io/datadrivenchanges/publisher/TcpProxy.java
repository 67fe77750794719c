package io.datadrivenchanges.publisher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/// A way to a server that can stop carrying bytes in either direction without closing anything, as a network does that drops
/// packets. Connections made meanwhile are held up too. Thread-safe.
final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 8_192;
    private static final int BACKLOG = 50;

    private final IntSupplier target;
    private final ServerSocket server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Lock lock = new ReentrantLock();
    private final Condition carries = lock.newCondition();
    private boolean held;
    private int waiting;

    /// @param target port of the server on this host, asked for each connection
    TcpProxy(IntSupplier target) {
        this.target = target;
        try {
            server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /// From now on no byte passes.
    void hold() {
        lock.lock();
        try {
            held = true;
        } finally {
            lock.unlock();
        }
    }

    /// Whether there is something that [#release] lets pass.
    boolean holdsSomething() {
        lock.lock();
        try {
            return waiting > 0;
        } finally {
            lock.unlock();
        }
    }

    /// Lets everything pass that was held up.
    void release() {
        lock.lock();
        try {
            held = false;
            carries.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                sockets.add(client);
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException _) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try {
            awaitRelease();
            var upstream = new Socket(InetAddress.getLoopbackAddress(), target.getAsInt());
            sockets.add(upstream);
            Thread.ofVirtual().start(() -> carry(client, upstream));
            carry(upstream, client);
        } catch (IOException | InterruptedException _) {
            end(client);
        }
    }

    private void carry(Socket from, Socket to) {
        var buffer = new byte[BUFFER];
        try {
            for (int count = from.getInputStream().read(buffer); count >= 0; count = from.getInputStream()
                    .read(buffer)) {
                awaitRelease();
                to.getOutputStream().write(buffer, 0, count);
            }
            awaitRelease();
        } catch (IOException | InterruptedException _) {
            // One side has gone; the other one follows.
        }
        end(from);
        end(to);
    }

    private void awaitRelease() throws InterruptedException {
        lock.lock();
        try {
            waiting++;
            while (held) {
                carries.await();
            }
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone already.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        release();
        sockets.forEach(TcpProxy::end);
    }
}
