package io.hamesh.agent.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.agent.consul.ConsulClient.Position;
import io.hamesh.agent.log.Log;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConsulClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String TCP = "{\"Chain\":{\"Protocol\":\"tcp\",\"Default\":true}}";

    private final ConsulQuery<DiscoveryChain> query = ConsulQuery.discoveryChain("redis");
    private final Log log =
            new Log(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), Clock.systemUTC());

    /** A question that waited for Consul's return went on with the index of before: a new Consul held it for minutes. */
    @Test
    void doesNotWaitFromAnIndexOfBeforeALoss() throws Exception {
        ConsulClient client;
        Position before;
        int port;
        try (FakeConsul consul = new FakeConsul()) {
            port = consul.port();
            client = new ConsulClient(consul.address(), Duration.ofMinutes(5), log, Clock.systemUTC());
            consul.reply(200, 700, TCP);
            before = client.get(query, Position.START, PATIENCE).position();
            consul.reply(200, 701, TCP);
            assertThat(client.get(query, before, PATIENCE).position().index())
                    .as("the control: the link was not lost")
                    .isEqualTo(701);
        }
        assertThatThrownBy(() -> client.get(query, Position.START, PATIENCE))
                .isInstanceOf(ConsulException.Unreachable.class);
        try (FakeConsul consul = new FakeConsul(port)) {
            assertThatThrownBy(() -> client.get(query, before, PATIENCE)).isInstanceOf(ConsulException.Outdated.class);
            consul.reply(200, 3, TCP);
            Position after = client.get(query, Position.START, PATIENCE).position();
            consul.reply(200, 4, TCP);
            assertThat(client.get(query, after, PATIENCE).position().index()).isEqualTo(4);
            assertThat(consul.questions()).noneMatch(question -> question.contains("index=70"));
        }
    }
}
