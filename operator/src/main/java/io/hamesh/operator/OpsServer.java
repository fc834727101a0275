package io.hamesh.operator;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Plain HTTP for the kubelet and for Prometheus. */
final class OpsServer implements AutoCloseable {
    /** What one path answers. */
    record Answer(int status, String text) {
        static Answer ok(String text) {
            return new Answer(200, text);
        }

        static Answer notYet(String why) {
            return new Answer(503, why);
        }
    }

    private final HttpServer server;

    /**
     * Listens once started.
     *
     * @param port to listen on; 0 takes a free one
     */
    OpsServer(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    }

    OpsServer route(String path, Supplier<Answer> answers) {
        server.createContext(path, exchange -> {
            try (exchange) {
                Answer answer = answers.get();
                byte[] bytes = answer.text().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
                exchange.sendResponseHeaders(answer.status(), bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        return this;
    }

    OpsServer start() {
        server.start();
        return this;
    }

    int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
