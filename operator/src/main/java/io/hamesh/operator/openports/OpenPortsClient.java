package io.hamesh.operator.openports;

import io.hamesh.model.MeshPorts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a pod's HAProxy, within a second, and trusts it no further than for a short list of numbers. */
public final class OpenPortsClient {
    private static final Logger LOG = LoggerFactory.getLogger(OpenPortsClient.class);
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int LONGEST_ANSWER = 512;

    private final int port;
    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();

    public OpenPortsClient() {
        this(MeshPorts.OPS);
    }

    OpenPortsClient(int port) {
        this.port = port;
    }

    /** Empty where the pod does not answer, as one behind a NetworkPolicy, or not with what is expected. */
    public Optional<OpenPorts> ask(String podIp) {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                HttpRequest.newBuilder(uri(podIp)).build(),
                BodyHandlers.limiting(BodyHandlers.ofString(), LONGEST_ANSWER));
        try {
            // Not the request's own timeout: that ends with the headers, and a body may come a byte at a time.
            HttpResponse<String> response = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return response.statusCode() == 200 ? OpenPorts.parse(response.body()) : Optional.empty();
        } catch (ExecutionException e) {
            unknown(podIp, String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            unknown(podIp, "no answer within " + PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            answer.cancel(true);
        }
        return Optional.empty();
    }

    private static void unknown(String podIp, String error) {
        LOG.atDebug().addKeyValue("ip", podIp).addKeyValue("error", error).log("open ports unknown");
    }

    private URI uri(String podIp) {
        String host = podIp.indexOf(':') < 0 ? podIp : "[" + podIp + "]";
        return URI.create("http://" + host + ":" + port + "/open-ports");
    }
}
