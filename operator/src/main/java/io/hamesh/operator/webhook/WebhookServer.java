package io.hamesh.operator.webhook;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionReview;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves admission reviews over HTTPS, each on a virtual thread, to whoever shares the pod's loopback: HAProxy, which other
 * pods meet instead, and the operator itself.
 */
public final class WebhookServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookServer.class);

    /** The API server's own limit for a request is 3 MiB; a review carries the object twice on an update. */
    private static final int MAX_REVIEW_BYTES = 8 << 20;

    /** Of which the heap holds several times as much. HAProxy asks another replica after 5 s. */
    private static final int REVIEWED_AT_A_TIME = MAX_REVIEW_BYTES;

    private static final Duration TURN = Duration.ofSeconds(8);

    private static final int GRACE_SECONDS = 1;

    private final HttpsServer server;
    private final KubernetesSerialization json = new KubernetesSerialization();
    private final ReviewBudget budget = new ReviewBudget(REVIEWED_AT_A_TIME, TURN);
    private volatile boolean draining;

    /**
     * @param port to listen on, on loopback; 0 takes a free one
     * @param tls whose key manager says which certificate is served
     */
    public WebhookServer(int port, SSLContext tls) throws IOException {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), tls);
    }

    WebhookServer(InetSocketAddress address, SSLContext tls) throws IOException {
        server = HttpsServer.create(address, 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters ssl = tls.getDefaultSSLParameters();
                ssl.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
                parameters.setSSLParameters(ssl);
            }
        });
    }

    /** Sends reviews posted to exactly {@code path} to {@code handler}. */
    public WebhookServer route(String path, AdmissionHandler handler) {
        server.createContext(path, exchange -> {
            try (exchange) {
                answer(exchange, path, handler);
            }
        });
        return this;
    }

    public WebhookServer start() {
        server.start();
        LOG.atInfo().addKeyValue("port", port()).log("webhook serves");
        return this;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** Goes on answering, and ends each connection with its next answer: the API server then asks another replica. */
    public void drain() {
        draining = true;
    }

    /** Ends at once where nothing is under way, and else when that is answered, or after {@value #GRACE_SECONDS} s. */
    @Override
    public void close() {
        server.stop(GRACE_SECONDS);
    }

    private void answer(HttpExchange exchange, String path, AdmissionHandler handler) throws IOException {
        if (!exchange.getRequestURI().getPath().equals(path)) {
            send(exchange, 404, "text/plain", "no such path");
        } else if (!exchange.getRequestMethod().equals("POST")) {
            send(exchange, 405, "text/plain", "post an AdmissionReview");
        } else {
            inTurn(exchange, path, handler);
        }
    }

    /** Its bytes are read when it is its turn. */
    private void inTurn(HttpExchange exchange, String path, AdmissionHandler handler) throws IOException {
        try {
            budget.spend(length(exchange), () -> review(exchange, path, handler));
        } catch (ReviewBudget.TooBusyException e) {
            send(exchange, 503, "text/plain", e.getMessage() + ": ask again");
        }
    }

    /** One that does not say how long it is may be the longest. */
    private static long length(HttpExchange exchange) {
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        return length != null && length.matches("[0-9]{1,9}") ? Long.parseLong(length) : MAX_REVIEW_BYTES;
    }

    private void review(HttpExchange exchange, String path, AdmissionHandler handler) throws IOException {
        byte[] body;
        try (InputStream in = exchange.getRequestBody()) {
            body = in.readNBytes(MAX_REVIEW_BYTES + 1);
        }
        if (body.length > MAX_REVIEW_BYTES) {
            send(exchange, 413, "text/plain", "review is larger than " + MAX_REVIEW_BYTES + " bytes");
            return;
        }
        try {
            String review = new String(body, StandardCharsets.UTF_8);
            AdmissionReview answer = Reviews.answer(json.unmarshal(review, AdmissionReview.class), handler);
            send(exchange, 200, "application/json", json.asJson(answer));
        } catch (RuntimeException e) {
            // The API server treats this as a failed call: with failurePolicy Fail the object is refused.
            LOG.atError().addKeyValue("path", path).setCause(e).log("review failed");
            send(exchange, 500, "text/plain", "the review failed; the operator's log says why");
        }
    }

    private void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (draining) {
            exchange.getResponseHeaders().set("Connection", "close");
        }
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
