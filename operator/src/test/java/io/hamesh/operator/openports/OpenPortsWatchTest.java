package io.hamesh.operator.openports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.operator.health.Health;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenPortsWatchTest {
    private final Queue<String> events = new ConcurrentLinkedQueue<>();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Queue<Asked> changes = new ConcurrentLinkedQueue<>();
    private volatile Optional<OpenPorts> answer = Optional.of(OpenPorts.NONE);
    private final Asked pod = new Asked(new PodPorts());
    private final OpenPortsWatch<Asked> watch = new OpenPortsWatch<>(
            () -> Stream.of(pod),
            this::ask,
            (changed, type, reason, message) -> {
                changes.add(changed);
                events.add(reason + ": " + message);
            },
            new Health());

    /** The pod of these tests. */
    private record Asked(PodPorts ports) implements AskedPod {}

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void openPortIsToldOnceAndItsEndToo() {
        answer = open(9090, 8080);
        watch.start();
        serves(true, false);
        await().until(() -> events.size() == 1);
        assertThat(events.peek())
                .startsWith("OpenBeyondLoopback: port 8080, 9090 is open beyond loopback")
                .contains("127.0.0.1")
                .doesNotContain("require-loopback");
        assertThat(watch.open()).isEqualTo(1);

        serves(false, false);
        await().until(() -> asked.size() == 2);
        answer = Optional.of(OpenPorts.NONE);
        serves(true, false);
        await().until(() -> events.size() == 2);
        assertThat(events).last().asString().startsWith("LoopbackOnly: ");
        assertThat(changes).hasSize(2);
        assertThat(watch.open()).isZero();
    }

    @Test
    void podThatKeepsToLoopbackIsAskedAndNotToldOf() {
        watch.start();
        serves(true, false);
        await().until(() -> watch.silent() == 0);
        assertThat(asked).containsExactly("10.1.0.7");
        assertThat(events).isEmpty();
        assertThat(changes).isEmpty();
    }

    @Test
    void warningSaysThatThePodStaysUnready() {
        answer = open(8080);
        watch.start();
        serves(false, true);
        await().until(() -> !events.isEmpty());
        assertThat(events.peek()).contains("hamesh.io/require-loopback keeps the pod unready");
    }

    @Test
    void silenceChangesNothing() {
        answer = open(8080);
        watch.start();
        serves(true, false);
        await().until(() -> events.size() == 1);
        answer = Optional.empty();
        serves(false, false);
        await().until(() -> asked.size() == 2);
        assertThat(events).hasSize(1);
        assertThat(pod.ports().known()).hasToString("8080");
    }

    @Test
    void goneIsForgotten() {
        answer = open(8080);
        watch.start();
        serves(true, false);
        await().until(() -> watch.open() == 1);
        pod.ports().asked(Optional.empty());
        assertThat(watch.open() + watch.silent()).isZero();
    }

    private Optional<OpenPorts> ask(String ip) {
        asked.add(ip);
        return answer;
    }

    private static Optional<OpenPorts> open(Integer... ports) {
        return Optional.of(new OpenPorts(new TreeSet<>(List.of(ports))));
    }

    private void serves(boolean ready, boolean requiresLoopback) {
        pod.ports().asked(Optional.of(new PodPorts.Target("10.1.0.7", ready, requiresLoopback)));
    }
}
