package io.hamesh.operator.consul;

import com.ecwid.consul.UrlParameters;
import com.ecwid.consul.transport.HttpResponse;
import com.ecwid.consul.transport.TransportException;
import com.ecwid.consul.v1.ConsulRawClient;
import com.ecwid.consul.v1.OperationException;
import com.ecwid.consul.v1.Request;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.gson.JsonParseException;
import io.hamesh.operator.work.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Asks Consul through the Java client {@code consul-api}: each call is bound in time, measured, and sorted into an answer,
 * gone for now, or refused. {@link #raw} is for the client's typed calls, each of which has to run in {@link #ask}.
 */
final class ConsulTransport {
    static final JsonMapper JSON = JsonMapper.builder().build();

    /** How long a whole answer may take; a blocking query's wait is added. */
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
    private final ConsulRawClient raw;
    private final ScheduledExecutorService clock = CallLimit.clock();

    ConsulTransport(URI base, MeterRegistry meters) {
        this(base, meters, ANSWER);
    }

    ConsulTransport(URI base, MeterRegistry meters, Duration patience) {
        this.base = base;
        this.meters = meters;
        this.patience = patience;
        this.raw = new ConsulRawClient(
                ConsulHttpClient.of(patience), base.getScheme() + "://" + base.getHost(), port(base), "");
    }

    private static int port(URI base) {
        if (base.getPort() >= 0) {
            return base.getPort();
        }
        return "https".equals(base.getScheme()) ? 443 : 80;
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

    /** For calls that the client has a method for. */
    ConsulRawClient raw() {
        return raw;
    }

    Answer get(String endpoint, UrlParameters... parameters) {
        return get(endpoint, Duration.ZERO, parameters);
    }

    /** A blocking query where {@code wait} is not zero. */
    Answer get(String endpoint, Duration wait, UrlParameters... parameters) {
        return ask("GET", endpoint, wait, () -> sorted(raw.makeGetRequest(endpoint, parameters)));
    }

    Answer put(String endpoint, JsonNode body, UrlParameters... parameters) {
        return ask(
                "PUT",
                endpoint,
                Duration.ZERO,
                () -> sorted(raw.makePutRequest(endpoint, body.toString(), parameters)));
    }

    Answer delete(String endpoint, UrlParameters... parameters) {
        Request request = Request.Builder.newBuilder()
                .setEndpoint(endpoint)
                .addUrlParameters(List.of(parameters))
                .build();
        return ask("DELETE", endpoint, Duration.ZERO, () -> sorted(raw.makeDeleteRequest(request)));
    }

    /**
     * Runs one call.
     *
     * @param endpoint path of the API, as {@code /v1/kv/some/key}
     * @param wait of a blocking query, to which Consul adds up to a sixteenth; else zero
     * @throws ConsulUnavailableException where the answer did not come, not in time, or says that Consul has a trouble
     * @throws ConsulRefusedException where Consul said no
     */
    <T> T ask(String method, String endpoint, Duration wait, Supplier<T> call) {
        Timer.Sample sample = Timer.start(meters);
        Duration whole = patience.plus(wait).plus(wait.dividedBy(16));
        String outcome = "unavailable";
        try (CallLimit limit = new CallLimit(clock, whole)) {
            T answer = limited(limit, whole, call);
            outcome = limit.status() == 404 ? "missing" : limit.status() == 409 ? "conflict" : "ok";
            return answer;
        } catch (ConsulRefusedException e) {
            outcome = "refused";
            throw e;
        } finally {
            Loop.signOfLife();
            // A blocking query's time is mostly Consul's waiting for news.
            String verb = wait.isZero() ? method : "WATCH";
            String api = endpoint.split("/", 4)[2]; // /v1/config/...: config
            sample.stop(meters.timer("hamesh.consul.requests", "method", verb, "api", api, "outcome", outcome));
        }
    }

    private <T> T limited(CallLimit limit, Duration whole, Supplier<T> call) {
        if (Thread.currentThread().isInterrupted()) {
            throw new ConsulUnavailableException("interrupted while asking Consul");
        }
        try {
            return limit.during(call::get);
        } catch (OperationException e) {
            throw failure(e.getStatusCode(), e.getStatusContent())
                    .orElseGet(() -> new ConsulUnavailableException(
                            "Consul answered HTTP " + e.getStatusCode() + ": " + e.getStatusContent()));
        } catch (JsonParseException | IllegalArgumentException | NullPointerException e) {
            throw unreadable(e); // JSON or Base64 that it is not, or a null where the client expects a list
        } catch (com.ecwid.consul.ConsulException e) { // also for lists of another length than it expects
            if (!(e instanceof TransportException)) {
                throw unreadable(e);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new ConsulUnavailableException("interrupted while asking Consul", e);
            }
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            String what = limit.hasPassed()
                    ? "did not end its answer within " + whole.toMillis() + " ms"
                    : "did not answer: " + reason(cause);
            throw new ConsulUnavailableException("Consul at " + base + " " + what, cause);
        }
    }

    private static String reason(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static Answer sorted(HttpResponse response) {
        int status = response.getStatusCode();
        String text = response.getContent();
        Optional<ConsulException> failure = failure(status, text);
        if (failure.isPresent()) {
            throw failure.get();
        }
        JsonNode body = status == 404 ? JSON.nullNode() : json(status, text);
        return new Answer(status, body, index(response.getConsulIndex()));
    }

    /** Empty for an answer that says something: one with a body, that nothing is there, or that a condition is not met. */
    private static Optional<ConsulException> failure(int status, String text) {
        if (status == 429 || status > 500 || (status == 500 && isOwnTrouble(text))) {
            return Optional.of(new ConsulUnavailableException("Consul answered HTTP " + status + ": " + text.strip()));
        }
        boolean said = status < 400 || status == 404 || status == 409;
        return said ? Optional.empty() : Optional.of(new ConsulRefusedException(status, text.strip()));
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
            throw unreadable(e);
        }
    }

    private static ConsulUnavailableException unreadable(Exception e) {
        return new ConsulUnavailableException("Consul's answer cannot be read: is this address Consul's HTTP API?", e);
    }

    /** The client says null where the header is missing. */
    static long index(@Nullable Long header) {
        return header == null ? 0 : header;
    }
}
