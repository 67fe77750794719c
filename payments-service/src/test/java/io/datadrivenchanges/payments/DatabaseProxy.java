package io.datadrivenchanges.payments;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

/// Stands between a service and its database and can lose one answer: the statement arrives and is committed, but the
/// connection breaks before the service learns of it.
final class DatabaseProxy implements AutoCloseable {
    private final ServerSocket listener;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicReference<String> trigger = new AtomicReference<>("");

    DatabaseProxy(int target) {
        this.target = target;
        try {
            listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /// Loses the answer to the next statement that contains this text, once.
    void loseAnswerTo(String text) {
        trigger.set(text);
    }

    private void accept() {
        try {
            while (!listener.isClosed()) {
                join(listener.accept());
            }
        } catch (IOException _) {
            close();
        }
    }

    private void join(Socket client) throws IOException {
        Socket server;
        try {
            server = new Socket(InetAddress.getLoopbackAddress(), target);
        } catch (IOException _) {
            client.close();
            return;
        }
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(server);
        var lost = new AtomicBoolean();
        threads.execute(() -> forward(client, server, lost));
        threads.execute(() -> back(server, client, lost));
    }

    private void forward(Socket client, Socket server, AtomicBoolean lost) {
        byte[] chunk = new byte[16_384];
        try (client; server) {
            InputStream in = client.getInputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                String text = trigger.get();
                if (!text.isEmpty() && new String(chunk, 0, read, StandardCharsets.ISO_8859_1).contains(text)
                        && trigger.compareAndSet(text, "")) {
                    lost.set(true);
                }
                server.getOutputStream().write(chunk, 0, read);
            }
        } catch (IOException _) {
            lost.set(true);
        }
    }

    private void back(Socket server, Socket client, AtomicBoolean lost) {
        byte[] chunk = new byte[16_384];
        try (client; server) {
            InputStream in = server.getInputStream();
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (lost.get()) {
                    return;
                }
                client.getOutputStream().write(chunk, 0, read);
            }
        } catch (IOException _) {
            lost.set(true);
        }
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
