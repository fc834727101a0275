package io.hamesh.operator.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.work.Loop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Consul that is away or takes its time is no reason to restart the operator, and never holds a caller for good. */
class SlowConsulTest {
    /** More than any call lasts. */
    private static final Duration SLOW = Duration.ofMinutes(2);

    private static final int CALLS = 20;
    private static final int BREAKS_OFF = 0;
    private static final int STOPS_HALFWAY = 1;
    private static final int NEVER_BEGINS = 2;

    private final AtomicLong nanos = new AtomicLong();
    private final Health health = new Health(nanos::get);
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger status = new AtomicInteger(200);
    private final Queue<String> found = new ConcurrentLinkedQueue<>();
    private final CountDownLatch callEnded = new CountDownLatch(1);
    private final CountDownLatch connectionGone = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answerLate);
        server.start();
    }

    @AfterEach
    void stop() {
        callEnded.countDown();
        end.countDown();
        server.stop(0);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 403, 500, BREAKS_OFF})
    void roundOfManyCallsIsAliveHoweverLateTheyEnd(int how) {
        status.set(how);
        var consul = new ConsulGateway(address().toString(), new SimpleMeterRegistry());
        AtomicInteger rounds = new AtomicInteger();
        Loop.Body body = () -> {
            for (int call = 0; call < CALLS; call++) {
                ask(consul);
            }
            rounds.incrementAndGet();
            return Duration.ofHours(1);
        };
        try (Loop loop = new Loop("catalog-sweep", body, health)) {
            loop.start();
            await().until(() -> rounds.get() == 1);
        }
        assertThat(asked).hasValueGreaterThanOrEqualTo(CALLS);
        assertThat(failed).hasValue(how == 200 ? 0 : CALLS);
        assertThat(found).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 500, BREAKS_OFF})
    void watchIsAliveThoughConsulIsNot(int how) {
        status.set(how);
        var consul = new ConsulGateway(address().toString(), new SimpleMeterRegistry());
        var query = new BlockingQuery<>(
                "services", Duration.ZERO, (index, wait) -> consul.keys("claims/", index, wait), (answer, fresh) -> {});
        try (Loop loop = new Loop("services-watch", query, health)) {
            loop.start();
            await().until(() -> asked.get() > 4);
        }
        assertThat(found).isEmpty();
    }

    @Test
    @Timeout(20)
    void answerThatStopsHalfwayEndsTheCall() throws InterruptedException {
        status.set(STOPS_HALFWAY);
        var http = new ConsulTransport(address(), new SimpleMeterRegistry(), Duration.ofMillis(300));
        assertThatThrownBy(() -> http.get("/v1/catalog/nodes"))
                .isInstanceOf(ConsulUnavailableException.class)
                .hasMessage("Consul at " + address() + " did not end its answer within 300 ms");
        callEnded.countDown();
        assertThat(connectionGone.await(5, TimeUnit.SECONDS))
                .as("the connection ends with the call")
                .isTrue();
    }

    @Test
    @Timeout(20)
    void answerThatNeverBeginsEndsTheCallAndIsNotAskedForAgain() {
        status.set(NEVER_BEGINS);
        var http = new ConsulTransport(address(), new SimpleMeterRegistry(), Duration.ofMillis(300));
        assertThatThrownBy(() -> http.get("/v1/catalog/nodes"))
                .isInstanceOf(ConsulUnavailableException.class)
                .hasMessage("Consul at " + address() + " did not end its answer within 300 ms");
        assertThat(asked).hasValue(1);
    }

    @Test
    void threadThatIsToEndAsksNothing() {
        var consul = new ConsulGateway(address().toString(), new SimpleMeterRegistry());
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> consul.putCas(new KeyValue("claims/a", "{}", 0)))
                .isInstanceOf(ConsulUnavailableException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(asked).hasValue(0);
    }

    @Test
    void readIsAskedOnceMoreOverANewConnectionAndAWriteNever() {
        status.set(BREAKS_OFF);
        var consul = new ConsulGateway(address().toString(), new SimpleMeterRegistry());
        assertThatThrownBy(() -> consul.putCas(new KeyValue("claims/a", "{}", 0)))
                .isInstanceOf(ConsulUnavailableException.class);
        assertThat(asked).hasValue(1);
        assertThatThrownBy(() -> consul.key("claims/a")).isInstanceOf(ConsulUnavailableException.class);
        assertThat(asked).hasValue(1 + 2);
    }

    /** The library repeats what was not sent whole, unless it is kept from that. */
    @Test
    @Timeout(20)
    void writeThatBreaksOffHalfwayIsNotSentAgain() throws IOException {
        AtomicInteger connections = new AtomicInteger();
        try (ServerSocket breaking = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> breakOff(breaking, connections));
            URI there = URI.create("http://127.0.0.1:" + breaking.getLocalPort());
            var consul = new ConsulGateway(there.toString(), new SimpleMeterRegistry());
            String large = "x".repeat(20_000_000);
            assertThatThrownBy(() -> consul.putCas(new KeyValue("claims/a", large, 0)))
                    .isInstanceOf(ConsulUnavailableException.class);
            assertThat(connections).hasValue(1);
        }
    }

    private static void breakOff(ServerSocket server, AtomicInteger connections) {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                connections.incrementAndGet();
                socket.getInputStream().read();
            } catch (IOException closed) {
                // the test is over
            }
        }
    }

    @Test
    @Timeout(20)
    void callEndsWithTheInterruptionOfItsThread() throws InterruptedException {
        status.set(STOPS_HALFWAY);
        var consul = new ConsulGateway(address().toString(), new SimpleMeterRegistry());
        AtomicReference<String> said = new AtomicReference<>("");
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                consul.list("service-intentions");
            } catch (ConsulUnavailableException e) {
                said.set(String.valueOf(e.getMessage()));
            }
        });
        await().until(() -> asked.get() == 1);
        caller.interrupt();
        assertThat(caller.join(Duration.ofSeconds(2))).isTrue();
        assertThat(said).hasValue("interrupted while asking Consul");
    }

    private void ask(ConsulGateway consul) {
        try {
            consul.list("service-intentions");
        } catch (ConsulException e) {
            failed.incrementAndGet();
        }
    }

    private void answerLate(HttpExchange exchange) throws IOException {
        asked.incrementAndGet();
        found.addAll(health.wedged());
        nanos.addAndGet(SLOW.toNanos());
        found.addAll(health.wedged());
        switch (status.get()) {
            case BREAKS_OFF -> exchange.close();
            case STOPS_HALFWAY -> stopHalfway(exchange);
            case NEVER_BEGINS -> awaitEnd();
            default -> {
                byte[] body = "[]".getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("X-Consul-Index", Integer.toString(asked.get()));
                exchange.sendResponseHeaders(status.get(), body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            }
        }
    }

    /** Goes on once the caller has gone, to see whether anybody still reads. */
    private void stopHalfway(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0); // of no known length
        write(exchange, '[');
        try {
            callEnded.await();
            while (!end.await(10, TimeUnit.MILLISECONDS)) {
                write(exchange, ' ');
            }
        } catch (IOException e) {
            connectionGone.countDown();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(HttpExchange exchange, char one) throws IOException {
        exchange.getResponseBody().write(one);
        exchange.getResponseBody().flush();
    }

    private URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }
}
