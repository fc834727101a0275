package io.hamesh.agent.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.log.Log;
import io.hamesh.model.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final String CHAIN = "/v1/discovery-chain/redis?consistent";
    private static final String HTTP = "{\"Chain\":{\"Protocol\":\"http\",\"Default\":true}}";
    private static final String TCP = "{\"Chain\":{\"Protocol\":\"tcp\",\"Default\":true}}";

    private static final Watch.WhichConsul NOT_ASKED = patience -> {};

    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final Log log = new Log(new PrintStream(lines, true, StandardCharsets.UTF_8), Clock.systemUTC());
    private final List<Protocol> published = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    @AfterEach
    void stop() {
        threads.forEach(Thread::interrupt);
    }

    @Test
    void waitsForNewsFromTheIndexOfTheAnswerBefore() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            consul.reply(200, 7, TCP);
            consul.reply(200, 9, HTTP);
            follow(consul.address());
            await().until(() -> consul.questions().size() == 3);
            assertThat(consul.questions())
                    .containsExactly(CHAIN, CHAIN + "&index=7&wait=300000ms", CHAIN + "&index=9&wait=300000ms");
            assertThat(published).containsExactly(Protocol.TCP, Protocol.HTTP);
        }
    }

    @Test
    void startsAgainWhenTheIndexGoesBackwards() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            consul.reply(200, 700, TCP);
            consul.reply(200, 3, HTTP);
            consul.reply(200, 3, HTTP);
            follow(consul.address());
            await().until(() -> consul.questions().size() == 4);
            assertThat(consul.questions().subList(2, 4)).containsExactly(CHAIN, CHAIN + "&index=3&wait=300000ms");
            assertThat(published).last().isEqualTo(Protocol.HTTP);
        }
    }

    @Test
    void neverWaitsFromIndexZero() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            consul.reply(200, 0, TCP);
            follow(consul.address());
            await().until(() -> consul.questions().size() == 2);
            assertThat(consul.questions()).last().isEqualTo(CHAIN + "&index=1&wait=300000ms");
        }
    }

    @Test
    void goesOnAfterErrorsWithWhatItKnowsAndSaysEachKindOnce() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            consul.reply(200, 7, TCP);
            consul.reply(500, 7, "No cluster leader");
            consul.reply(500, 7, "No cluster leader");
            consul.reply(500, 7, "No cluster leader");
            consul.reply(200, 8, HTTP);
            follow(consul.address());
            await().until(() -> published.size() == 2);
            assertThat(logged("event=consul-refuses"))
                    .singleElement()
                    .asString()
                    .contains("for=\"discovery chain of redis\"", "error=\"HTTP 500: No cluster leader\"");
            assertThat(logged("event=consul-answers-again"))
                    .singleElement()
                    .asString()
                    .contains("attempts=3");
        }
    }

    @Test
    void knowsWhenConsulLastAnswered() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            Instant before = Instant.now();
            Watch<DiscoveryChain> watch = new Watch<>(
                    client(consul.address()),
                    ConsulQuery.discoveryChain("redis"),
                    NOT_ASKED,
                    chain -> published.add(chain.protocol()),
                    log,
                    Clock.systemUTC());
            assertThat(watch.answered()).isEqualTo(Instant.EPOCH);
            threads.add(Thread.ofVirtual().start(watch));
            consul.reply(500, 7, "No cluster leader");
            await().until(() -> consul.questions().size() == 2);
            assertThat(watch.answered()).as("an error tells nothing").isEqualTo(Instant.EPOCH);
            consul.reply(200, 7, TCP);
            await().until(() -> !watch.answered().equals(Instant.EPOCH));
            assertThat(watch.answered()).isAfterOrEqualTo(before);
        }
    }

    @Test
    void asksForAnAnswerAtOnceAfterAnError() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            consul.reply(200, 7, TCP);
            consul.reply(429, 7, "Your IP is issuing too many concurrent connections");
            follow(consul.address());
            await().until(() -> consul.questions().size() == 3);
            assertThat(consul.questions()).last().isEqualTo(CHAIN);
        }
    }

    @Test
    void answerThatIsNotConsulsIsAnErrorAndNotNews() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            consul.replyWithoutIndex(TCP);
            consul.reply(200, 5, "<html>");
            consul.reply(200, 5, HTTP);
            follow(consul.address());
            await().until(() -> !published.isEmpty());
            assertThat(published).containsExactly(Protocol.HTTP);
            assertThat(logged("event=consul-gives-no-answer"))
                    .singleElement()
                    .asString()
                    .contains("is this Consul?");
        }
    }

    @Test
    void doesNotHangOnAQuestionThatConsulHolds() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            // The first question gets no reply as long as there is none in the queue.
            follow(consul.address());
            await().until(() -> consul.questions().size() == 2);
            consul.reply(200, 5, TCP);
            consul.reply(200, 5, HTTP);
            await().until(() -> !published.isEmpty());
            assertThat(logged("event=consul-gives-no-answer"))
                    .singleElement()
                    .asString()
                    .contains("Read timed out");
        }
    }

    @Test
    void findsConsulWhenItComesAndSaysOnceThatItWasAway() throws IOException {
        int port;
        try (FakeConsul consul = new FakeConsul()) {
            port = consul.port();
        }
        ConsulClient client = client("http://127.0.0.1:" + port);
        follow(client);
        follow(client);
        await().until(() -> !logged("event=consul-unreachable").isEmpty());
        try (FakeConsul consul = new FakeConsul(port)) {
            consul.reply(200, 5, HTTP);
            consul.reply(200, 5, HTTP);
            await().atMost(Duration.ofSeconds(5)).until(() -> published.size() == 2);
        }
        assertThat(logged("event=consul-unreachable").getFirst()).contains("for=http://127.0.0.1:" + port);
        assertThat(logged("event=consul-answers-again")).isNotEmpty();
    }

    @Test
    void answerThatMayBeAnotherConsulsIsPublishedOnceItIsKnownWhich() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            consul.reply(200, 700, TCP);
            consul.reply(200, 701, TCP);
            consul.reply(200, 12, HTTP);
            consul.reply(200, 13, HTTP);
            List<Integer> publishedBefore = new CopyOnWriteArrayList<>();
            follow(client(consul.address()), patience -> publishedBefore.add(published.size()));
            await().until(() -> published.size() == 4);
            assertThat(publishedBefore).containsExactly(2, 3);
        }
    }

    @Test
    void goesOnAfterAnAnswerThatCouldNotBeUsed() throws IOException {
        try (FakeConsul consul = new FakeConsul()) {
            consul.reply(200, 7, TCP);
            consul.reply(200, 8, HTTP);
            AtomicBoolean first = new AtomicBoolean(true);
            Consumer<DiscoveryChain> failsOnce = chain -> {
                if (first.getAndSet(false)) {
                    throw new IllegalStateException("no use");
                }
                published.add(chain.protocol());
            };
            ConsulQuery<DiscoveryChain> query = ConsulQuery.discoveryChain("redis");
            threads.add(Thread.ofVirtual()
                    .start(new Watch<>(client(consul.address()), query, NOT_ASKED, failsOnce, log, Clock.systemUTC())));
            await().until(() -> !published.isEmpty());
            assertThat(published).startsWith(Protocol.HTTP);
            assertThat(logged("consul-gives-no-answer")).isNotEmpty();
        }
    }

    private void follow(String address) {
        follow(client(address));
    }

    private void follow(ConsulClient client) {
        follow(client, NOT_ASKED);
    }

    private void follow(ConsulClient client, Watch.WhichConsul which) {
        ConsulQuery<DiscoveryChain> query = ConsulQuery.discoveryChain("redis");
        threads.add(Thread.ofVirtual()
                .start(new Watch<>(client, query, which, c -> published.add(c.protocol()), log, Clock.systemUTC())));
    }

    private ConsulClient client(String address) {
        return new ConsulClient(address, Duration.ofMinutes(5), log, Clock.systemUTC());
    }

    private List<String> logged(String event) {
        return lines.toString(StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.contains(event))
                .toList();
    }
}
