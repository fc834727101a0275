package io.hamesh.benchmarks.dataplane;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Consul's HTTP API, of either Consul. */
record ConsulApi(String address, HttpClient http) {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** @param address for example {@code http://10.0.0.1:8500} */
    static ConsulApi at(String address) {
        return new ConsulApi(
                address,
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build());
    }

    boolean hasLeader() {
        try {
            HttpResponse<String> answer = send(request("/v1/catalog/services").GET());
            return answer.statusCode() == 200 && !answer.body().equals("{}");
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    JsonNode get(String path) {
        try {
            return JSON.readTree(expectOk(path, send(request(path).GET())));
        } catch (IOException e) {
            throw new UncheckedIOException(path, e);
        }
    }

    void put(String path, Object body) {
        put(new Write(path, body));
    }

    void put(Write write) {
        try {
            String body = JSON.writeValueAsString(write.body());
            expectOk(write.path(), send(request(write.path()).PUT(BodyPublishers.ofString(body))));
        } catch (IOException e) {
            throw new UncheckedIOException(write.path(), e);
        }
    }

    void delete(String path) {
        expectOk(path, send(request(path).DELETE()));
    }

    /** A certificate of that service as Consul's CA signs it. */
    Leaf leaf(String service) {
        JsonNode said = get("/v1/agent/connect/ca/leaf/" + service);
        return new Leaf(
                said.path("CertPEM").asText(),
                said.path("PrivateKeyPEM").asText(),
                said.path("ServiceURI").asText());
    }

    String roots() {
        StringBuilder all = new StringBuilder();
        get("/v1/agent/connect/ca/roots")
                .path("Roots")
                .forEach(root -> all.append(root.path("RootCert").asText()));
        return all.toString();
    }

    /** @param uri the SPIFFE id that it is for */
    record Leaf(String certificate, String key, String uri) {
        @Override
        public String toString() {
            return "leaf of " + uri;
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(TIMEOUT);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String expectOk(String path, HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(path + ": Consul answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}
