package io.hamesh.operator.consul;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hamesh.operator.work.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sends one request to Consul and sorts its answers: JSON, gone for now, or refused. */
final class HttpExchange {
    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final Duration CONNECT = Duration.ofSeconds(3);

    /**
     * How long an answer may take to begin; a blocking query's wait is added. To end it has the same time once more.
     */
    private static final Duration ANSWER = Duration.ofSeconds(10);

    /**
     * Consul answers 500 both for its own troubles and for some refusals, and a follower wraps either in "rpc error making
     * call"; only the words tell them apart.
     */
    private static final Pattern OWN_TROUBLE = Pattern.compile(
            "no cluster leader|not ready to serve|leadership lost|node is not the leader|raft|rpc error getting client|rate limit"
                    + "|connection refused|connection reset|i/o timeout|deadline exceeded|eof|no known consul servers");

    private final URI base;
    private final MeterRegistry meters;
    private final Duration patience;
    private final HttpClient client;

    HttpExchange(URI base, MeterRegistry meters) {
        this(base, meters, ANSWER);
    }

    HttpExchange(URI base, MeterRegistry meters, Duration patience) {
        this.base = base;
        this.meters = meters;
        this.patience = patience;
        this.client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /**
     * What Consul said.
     *
     * @param index of {@code X-Consul-Index}, or 0
     */
    record Answer(int status, JsonNode body, long index) {
        boolean isMissing() {
            return status == 404;
        }

        boolean isConflict() {
            return status == 409;
        }
    }

    Answer get(String pathAndQuery) {
        return get(pathAndQuery, Duration.ZERO);
    }

    /** A blocking query: Consul adds up to a sixteenth of {@code wait} to it. */
    Answer get(String pathAndQuery, Duration wait) {
        Duration timeout = patience.plus(wait).plus(wait.dividedBy(16));
        return timed(wait.isZero() ? "GET" : "WATCH", pathAndQuery, () -> send("GET", pathAndQuery, null, timeout));
    }

    Answer put(String pathAndQuery, JsonNode body) {
        return put(pathAndQuery, body.toString());
    }

    Answer put(String pathAndQuery, String body) {
        return timed("PUT", pathAndQuery, () -> send("PUT", pathAndQuery, body, patience));
    }

    Answer delete(String pathAndQuery) {
        return timed("DELETE", pathAndQuery, () -> send("DELETE", pathAndQuery, null, patience));
    }

    /** {@code WATCH} is a blocking query, whose time is mostly Consul's waiting for news. */
    private Answer timed(String method, String pathAndQuery, Supplier<Answer> request) {
        Timer.Sample sample = Timer.start(meters);
        String outcome = "unavailable";
        try {
            Answer answer = request.get();
            outcome = answer.isMissing() ? "missing" : answer.isConflict() ? "conflict" : "ok";
            return answer;
        } catch (ConsulRefusedException e) {
            outcome = "refused";
            throw e;
        } finally {
            String api = pathAndQuery.split("[/?]", 4)[2]; // /v1/config/...: config
            sample.stop(meters.timer("hamesh.consul.requests", "method", method, "api", api, "outcome", outcome));
        }
    }

    private Answer send(String method, String pathAndQuery, @Nullable String body, Duration timeout) {
        HttpRequest request = HttpRequest.newBuilder(base.resolve(pathAndQuery))
                .timeout(timeout)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                .build();
        CompletableFuture<HttpResponse<String>> response = client.sendAsync(request, BodyHandlers.ofString());
        try {
            // The request's own timeout ends with the headers, and the rest may never come.
            return sorted(response.get(timeout.plus(patience).toMillis(), TimeUnit.MILLISECONDS));
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new ConsulUnavailableException("Consul at " + base + " did not answer: " + reason(cause), cause);
        } catch (TimeoutException e) {
            throw new ConsulUnavailableException("Consul at " + base + " did not end its answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConsulUnavailableException("interrupted while asking Consul", e);
        } finally {
            response.cancel(true);
            Loop.signOfLife();
        }
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static Answer sorted(HttpResponse<String> response) {
        int status = response.statusCode();
        String text = response.body();
        if (status == 429 || status > 500 || (status == 500 && isOwnTrouble(text))) {
            throw new ConsulUnavailableException("Consul answered HTTP " + status + ": " + text.strip());
        }
        Answer answer = new Answer(status, status == 404 ? JSON.nullNode() : json(status, text), index(response));
        if (status >= 400 && !answer.isMissing() && !answer.isConflict()) {
            throw new ConsulRefusedException(status, text.strip());
        }
        return answer;
    }

    private static boolean isOwnTrouble(String text) {
        return OWN_TROUBLE.matcher(text.toLowerCase(Locale.ROOT)).find();
    }

    private static JsonNode json(int status, String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            if (status >= 400) {
                return JSON.nullNode(); // refusals are plain text
            }
            throw new ConsulUnavailableException("Consul's answer is not JSON: is this address Consul's HTTP API?", e);
        }
    }

    private static long index(HttpResponse<String> response) {
        return response.headers().firstValueAsLong("X-Consul-Index").orElse(0);
    }
}
