package io.hamesh.agent.consul;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;

/** Says over HTTP what a test scripts, one reply a question, for what the real Consul cannot be brought to do. */
final class FakeConsul implements AutoCloseable {
    private final HttpServer server;
    private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
    private final List<String> questions = new CopyOnWriteArrayList<>();

    private record Reply(int status, String index, String body) {}

    FakeConsul() throws IOException {
        this(0);
    }

    FakeConsul(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    String address() {
        return "http://127.0.0.1:" + port();
    }

    void reply(int status, long index, String body) {
        replies.add(new Reply(status, Long.toString(index), body));
    }

    void replyWithoutIndex(String body) {
        replies.add(new Reply(200, "", body));
    }

    /** Path and query of each question so far. */
    List<String> questions() {
        return questions;
    }

    private void answer(HttpExchange exchange) throws IOException {
        questions.add(exchange.getRequestURI().toString());
        try (exchange) {
            Reply reply = replies.take();
            if (!reply.index().isEmpty()) {
                exchange.getResponseHeaders().set("X-Consul-Index", reply.index());
            }
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
