package io.hamesh.operator.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.hamesh.operator.consul.TxnOperation.CheckKey;
import io.hamesh.operator.consul.TxnOperation.DeleteService;
import io.hamesh.operator.consul.TxnOperation.SetNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against answers that Consul 1.22.2 was seen to give. */
class ConsulGatewayTest {
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private record Answer(int status, String body, long index) {}

    private final AtomicReference<Answer> answer = new AtomicReference<>(new Answer(200, "null", 0));
    private final AtomicReference<String> asked = new AtomicReference<>("");
    private final AtomicReference<String> sent = new AtomicReference<>("");
    private HttpServer server;
    private ConsulGateway consul;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.set(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            sent.set(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            byte[] body = answer.get().body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders()
                    .set("X-Consul-Index", Long.toString(answer.get().index()));
            exchange.sendResponseHeaders(answer.get().status(), body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        consul = new ConsulGateway("http://127.0.0.1:" + server.getAddress().getPort(), meters);
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "500 | No cluster leader",
                "500 | rpc error getting client: failed to get conn: dial tcp: connection refused",
                "429 | Your IP is issuing too many concurrent connections, please rate limit your calls",
                "503 | anything",
            })
    void consulsOwnTroubleIsUnavailability(int status, String body) {
        answer.set(new Answer(status, body, 0));
        assertThatThrownBy(() -> consul.list("service-intentions")).isInstanceOf(ConsulUnavailableException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "500 | At least one source is required",
                "500 | rpc error making call: At least one source is required",
                "400 | service \"x\" has protocol \"tcp\", which is incompatible with L7 intentions permissions",
                "403 | Permission denied",
            })
    void whatConsulWillNeverDoIsARefusalInItsWords(int status, String body) {
        answer.set(new Answer(status, body, 0));
        assertThatThrownBy(() -> consul.putCas(new ConfigEntry("service-intentions", "x", Map.of(), Map.of(), 0)))
                .isInstanceOfSatisfying(ConsulRefusedException.class, refusal -> {
                    assertThat(refusal.status()).isEqualTo(status);
                    assertThat(refusal.reason()).isEqualTo(body);
                });
    }

    @Test
    void consulThatIsAwayIsUnavailable() {
        server.stop(0);
        assertThatThrownBy(() -> consul.hasLeader()).isInstanceOf(ConsulUnavailableException.class);
    }

    @Test
    void entryThatIsMissingIsEmpty() {
        answer.set(new Answer(404, "Config entry not found for \"service-intentions\" / \"foo\"", 5));
        assertThat(consul.get("service-intentions", "*")).isEmpty();
        assertThat(asked.get()).isEqualTo("GET /v1/config/service-intentions/*?consistent");
    }

    @Test
    void entryKeepsItsFieldsApartFromWhatConsulAdds() {
        answer.set(new Answer(200, """
                {"Kind": "service-defaults", "Name": "www", "Protocol": "http", "Meta": {"a": "b"}, "Destination": null,
                 "CreateIndex": 4, "ModifyIndex": 9}""", 9));
        assertThat(consul.get("service-defaults", "www"))
                .isEqualTo(Optional.of(
                        new ConfigEntry("service-defaults", "www", Map.of("a", "b"), Map.of("Protocol", "http"), 9)));
    }

    @Test
    void keysAreListedWithTheirValuesAndMayBeNone() {
        answer.set(new Answer(200, """
                [{"LockIndex":0,"Key":"hamesh/claims/api","Flags":0,"Value":"eyJhIjoxfQ==","CreateIndex":16,"ModifyIndex":17}]
                """, 17));
        assertThat(consul.keys("hamesh/claims/", 0, Duration.ofSeconds(5)))
                .isEqualTo(new Watched<>(List.of(new KeyValue("hamesh/claims/api", "{\"a\":1}", 17)), 17));
        assertThat(asked.get()).isEqualTo("GET /v1/kv/hamesh/claims/?recurse&consistent");
        answer.set(new Answer(404, "", 1));
        assertThat(consul.keys("hamesh/claims/", 17, Duration.ofSeconds(5)))
                .as("an index that went backwards")
                .isEqualTo(new Watched<>(List.of(), 1));
        assertThat(asked.get()).isEqualTo("GET /v1/kv/hamesh/claims/?recurse&consistent&wait=5s&index=17");
        assertThat(consul.key("hamesh/claims/api")).isEmpty();
    }

    @Test
    void keyIsWrittenAndDeletedOnTopOfAnIndex() {
        answer.set(new Answer(200, "true", 0));
        assertThat(consul.putCas(new KeyValue("hamesh/claims/api", "{}", 0))).isTrue();
        assertThat(asked.get()).isEqualTo("PUT /v1/kv/hamesh/claims/api?cas=0");
        assertThat(sent.get()).isEqualTo("{}");
        answer.set(new Answer(200, "false", 0));
        assertThat(consul.deleteCas(new KeyValue("hamesh/claims/api", "", 7))).isFalse();
        assertThat(asked.get()).isEqualTo("DELETE /v1/kv/hamesh/claims/api?cas=7");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "failed index check for key \\\"hamesh/claims/api\\\", current modify index 16 != 3",
                "failed to check index, key \\\"hamesh/claims/api\\\" doesn't exist",
            })
    void brokenConditionOfATransactionIsALostOne(String error) {
        answer.set(new Answer(409, "{\"Results\":null,\"Errors\":[{\"OpIndex\":0,\"What\":\"" + error + "\"}]}", 0));
        assertThat(consul.commit(List.of(new CheckKey("hamesh/claims/api", 3)))).isFalse();
        assertThat(sent.get())
                .isEqualTo("[{\"KV\":{\"Verb\":\"check-index\",\"Key\":\"hamesh/claims/api\",\"Index\":3}}]");
    }

    @Test
    void compareAndSetNamesTheIndexAndTellsWhoWon() {
        ConfigEntry entry = new ConfigEntry("service-defaults", "www", Map.of("a", "b"), Map.of("Protocol", "http"), 9);
        answer.set(new Answer(200, "true", 0));
        assertThat(consul.putCas(entry)).isTrue();
        assertThat(asked.get()).isEqualTo("PUT /v1/config?cas=9");
        assertThat(sent.get()).contains("\"Kind\":\"service-defaults\"", "\"Name\":\"www\"", "\"Protocol\":\"http\"");
        answer.set(new Answer(200, "false", 0));
        assertThat(consul.putCas(entry)).isFalse();
        assertThat(consul.deleteCas("service-defaults", "www", 9)).isFalse();
        assertThat(asked.get()).isEqualTo("DELETE /v1/config/service-defaults/www?cas=9");
    }

    @Test
    void indexZeroIsNeverWaitedForAndOneThatWentBackwardsIsConsulsOwn() {
        answer.set(new Answer(200, "[]", 12));
        assertThat(consul.watch("service-intentions", 0, Duration.ofMinutes(5)).index())
                .isEqualTo(12);
        assertThat(asked.get()).isEqualTo("GET /v1/config/service-intentions?consistent");
        consul.watch("service-intentions", 12, Duration.ofSeconds(1));
        assertThat(asked.get()).isEqualTo("GET /v1/config/service-intentions?consistent&wait=1s&index=12");
        answer.set(new Answer(200, "[]", 3));
        assertThat(consul.watch("service-intentions", 12, Duration.ofSeconds(1)).index())
                .isEqualTo(3);
    }

    @Test
    void lostTransactionIsFalseAndAnyOtherConflictARefusal() {
        var node = new CatalogNode("n1", "192.0.2.1", Map.of(), 0);
        answer.set(new Answer(
                409,
                "{\"Results\":null,\"Errors\":[{\"OpIndex\":0,\"What\":\"failed to set node \\\"n1\\\", index is stale\"}]}",
                0));
        assertThat(consul.commit(List.of(new SetNode(node)))).isFalse();
        answer.set(new Answer(409, "{\"Errors\":[{\"OpIndex\":0,\"What\":\"value too long\"}]}", 0));
        assertThatThrownBy(() -> consul.commit(List.of(new SetNode(node))))
                .isInstanceOf(ConsulRefusedException.class)
                .hasMessageContaining("value too long");
    }

    @Test
    void deletionNamesWhatItSaw() {
        answer.set(new Answer(200, "{\"Results\":[],\"Errors\":null}", 0));
        var service = new CatalogService("id", "www", "10.0.0.1", 80, List.of(), Map.of(), Optional.empty(), 19);
        assertThat(consul.commit(List.of(new DeleteService("n1", service)))).isTrue();
        assertThat(sent.get()).contains("\"Verb\":\"delete-cas\"", "\"Node\":\"n1\"", "\"ModifyIndex\":19");
    }

    @Test
    void transactionBeyondConsulsLimitIsNotSent() {
        var operation = new SetNode(new CatalogNode("n1", "192.0.2.1", Map.of(), 0));
        assertThatThrownBy(() -> consul.commit(Collections.nCopies(129, operation)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(asked.get()).isEmpty();
    }

    @Test
    void namesAreEncodedInPathsAndQueries() {
        String name = "a b/c";
        answer.set(new Answer(200, "[]", 0));
        consul.keys(name, 0, Duration.ZERO);
        assertThat(asked.get()).isEqualTo("GET /v1/kv/a%20b/c?recurse&consistent");
        consul.checks(name);
        assertThat(asked.get()).isEqualTo("GET /v1/health/node/a%20b%2Fc?consistent");
        consul.services(name);
        assertThat(asked.get()).isEqualTo("GET /v1/catalog/node-services/a%20b%2Fc?consistent");
        consul.instances(name);
        assertThat(asked.get()).isEqualTo("GET /v1/catalog/connect/a%20b%2Fc?consistent");
        consul.list(name);
        assertThat(asked.get()).isEqualTo("GET /v1/config/a%20b%2Fc?consistent");
        consul.nodesWith(Map.of("k y", name));
        assertThat(asked.get()).isEqualTo("GET /v1/catalog/nodes?node-meta=k%20y:a%20b%2Fc&consistent");
        consul.watchChecks(Map.of("k y", name), 0, Duration.ZERO);
        assertThat(asked.get()).isEqualTo("GET /v1/health/state/any?node-meta=k%20y:a%20b%2Fc&consistent");
        answer.set(new Answer(200, "true", 0));
        consul.putCas(new KeyValue(name, "v", 0));
        assertThat(asked.get()).isEqualTo("PUT /v1/kv/a%20b/c?cas=0");
        answer.set(new Answer(200, "{}", 0));
        consul.watchServices(Map.of("k y", name), 0, Duration.ZERO);
        assertThat(asked.get()).isEqualTo("GET /v1/catalog/services?node-meta=k%20y:a%20b%2Fc&consistent");
    }

    /** So Consul says of some lists that they are empty. */
    @ParameterizedTest
    @ValueSource(strings = {"", "null"})
    void noBodyAndNullAreNothing(String body) {
        answer.set(new Answer(200, body, 0));
        assertThat(consul.keys("k", 0, Duration.ZERO).value()).isEmpty();
        assertThat(consul.deleteCas(new KeyValue("k", "v", 1))).isFalse();
        assertThat(consul.get("service-defaults", "www")).isEmpty();
        assertThat(consul.list("service-defaults")).isEmpty();
        assertThat(consul.node("n")).isEmpty();
        assertThat(consul.nodesWith(Map.of())).isEmpty();
        assertThat(consul.services("n")).isEmpty();
        assertThat(consul.checks("n")).isEmpty();
        assertThat(consul.instances("www")).isEmpty();
        assertThat(consul.watchServices(Map.of(), 0, Duration.ZERO).value()).isEmpty();
        assertThat(consul.watchChecks(Map.of(), 0, Duration.ZERO).value()).isEmpty();
        assertThat(consul.hasLeader()).isFalse();
        assertThat(consul.defaultIntentionPolicy()).isEmpty();
    }

    /** A proxy's page in front of Consul, for example. */
    @ParameterizedTest
    @ValueSource(strings = {"<html>", "null", "[{\"Key\":\"k\",\"Value\":\"no Base64!\"}]"})
    void answerOfSomebodyElseIsUnavailability(String body) {
        answer.set(new Answer(200, body, 0));
        assertThatThrownBy(() -> consul.key("k"))
                .isInstanceOf(ConsulUnavailableException.class)
                .hasMessage("Consul's answer cannot be read: is this address Consul's HTTP API?");
    }
}
