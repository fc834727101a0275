package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An application on loopback behind a {@link TestPod}. */
final class TestApp implements AutoCloseable {
    private final List<Closeable> open = new ArrayList<>();
    private final int port;

    TestApp(int port) {
        this.port = port;
    }

    int port() {
        return port;
    }

    /** Sends back what it receives. */
    void echo(String address) throws IOException {
        ServerSocket server = new ServerSocket(port, 50, InetAddress.getByName(address));
        open.add(server);
        Thread.startVirtualThread(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    Thread.startVirtualThread(() -> {
                        try (socket) {
                            socket.getInputStream().transferTo(socket.getOutputStream());
                        } catch (IOException gone) {
                            // the caller left
                        }
                    });
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    /** Takes connections and says nothing. */
    void silent() throws IOException {
        open.add(new ServerSocket(port, 50, InetAddress.getLoopbackAddress()));
    }

    /** Tells the headers that it saw; {@code /events} goes on until the end, and {@code /large} as fast as it can. */
    void http() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 50);
        var threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        CountDownLatch over = new CountDownLatch(1);
        server.createContext("/", exchange -> {
            byte[] seen = exchange.getRequestHeaders().entrySet().toString().getBytes(US_ASCII);
            exchange.sendResponseHeaders(200, seen.length);
            exchange.getResponseBody().write(seen);
            exchange.close();
        });
        server.createContext("/events", exchange -> stream(exchange, over));
        server.createContext("/large", TestApp::flood);
        server.start();
        open.add(() -> {
            over.countDown();
            server.stop(0);
            threads.shutdownNow();
        });
    }

    private static void flood(HttpExchange exchange) throws IOException {
        byte[] piece = new byte[16_384];
        exchange.sendResponseHeaders(200, 0);
        for (int i = 0; i < 100_000; i++) {
            exchange.getResponseBody().write(piece);
        }
        exchange.close();
    }

    private static void stream(HttpExchange exchange, CountDownLatch over) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try {
            while (!over.await(50, TimeUnit.MILLISECONDS)) {
                exchange.getResponseBody().write("data\n".getBytes(US_ASCII));
                exchange.getResponseBody().flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        for (Closeable each : open.reversed()) {
            each.close();
        }
    }
}
