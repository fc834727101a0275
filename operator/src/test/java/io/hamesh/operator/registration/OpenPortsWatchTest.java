package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenPortsWatchTest {
    private static final ServiceSettings STRICT = new ServiceSettings(
            "www", OptionalInt.of(8080), Protocol.TCP, OptionalInt.empty(), List.of(), true, List.of(), Map.of());

    private final KeptEvents kept = new KeptEvents();
    private final Queue<String> events = kept.told;
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Queue<TrackedPod> changes = new ConcurrentLinkedQueue<>();
    private volatile Optional<OpenPorts> answer = Optional.of(OpenPorts.NONE);
    private final TrackedPods pods = new TrackedPods("prod");
    private final OpenPortsWatch watch = new OpenPortsWatch(pods, this::ask, kept, changes::add);

    @AfterEach
    void close() {
        watch.close();
    }

    @Test
    void openPortIsToldOnceAndItsEndToo() {
        answer = open(9090, 8080);
        watch.start();
        pods.show(serving(RegisteredPods.WWW, true));
        await().until(() -> events.size() == 1);
        assertThat(events.peek())
                .startsWith("OpenBeyondLoopback: port 8080, 9090 is open beyond loopback")
                .contains("127.0.0.1")
                .doesNotContain("require-loopback");
        assertThat(watch.open()).isEqualTo(1);

        pods.show(serving(RegisteredPods.WWW, false));
        await().until(() -> asked.size() == 2);
        answer = Optional.of(OpenPorts.NONE);
        pods.show(serving(RegisteredPods.WWW, true));
        await().until(() -> events.size() == 2);
        assertThat(events).last().asString().isEqualTo("LoopbackOnly");
        assertThat(changes).hasSize(2);
        assertThat(watch.open()).isZero();
    }

    @Test
    void podThatKeepsToLoopbackIsAskedAndNotToldOf() {
        watch.start();
        pods.show(serving(RegisteredPods.WWW, true));
        await().until(() -> watch.silent() == 0);
        assertThat(asked).containsExactly("10.1.0.7");
        assertThat(events).isEmpty();
        assertThat(changes).isEmpty();
    }

    @Test
    void warningSaysThatThePodStaysUnready() {
        answer = open(8080);
        watch.start();
        pods.show(serving(STRICT, false));
        await().until(() -> !events.isEmpty());
        assertThat(events.peek()).contains("hamesh.io/require-loopback keeps the pod unready");
    }

    @Test
    void silenceChangesNothing() {
        answer = open(8080);
        watch.start();
        pods.show(serving(RegisteredPods.WWW, true));
        await().until(() -> events.size() == 1);
        answer = Optional.empty();
        pods.show(serving(RegisteredPods.WWW, false));
        await().until(() -> asked.size() == 2);
        assertThat(events).hasSize(1);
        assertThat(pods.find(PodKey.of(serving(RegisteredPods.WWW, true)))
                        .orElseThrow()
                        .ports()
                        .known())
                .hasToString("8080");
    }

    @Test
    void nobodyAsksPodsThatCannotAnswerOrAreNotOurs() {
        pods.show(RegisteredPods.ready().build()); // HAProxy has not started
        pods.show(new PodBuilder(serving(RegisteredPods.WWW, true))
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build());
        TrackedPods others = new TrackedPods("staging");
        others.show(serving(RegisteredPods.WWW, true));
        OpenPortsWatch other = new OpenPortsWatch(others, this::ask, kept, changes::add);
        assertThat(watch.silent() + other.silent()).isZero();
        other.close();
    }

    @Test
    void goneIsForgotten() {
        answer = open(8080);
        watch.start();
        Pod pod = serving(RegisteredPods.WWW, true);
        pods.show(pod);
        await().until(() -> watch.open() == 1);
        pods.find(PodKey.of(pod)).orElseThrow().gone();
        assertThat(watch.open() + watch.silent()).isZero();
    }

    private Optional<OpenPorts> ask(String ip) {
        asked.add(ip);
        return answer;
    }

    private static Optional<OpenPorts> open(Integer... ports) {
        return Optional.of(new OpenPorts(new TreeSet<>(List.of(ports))));
    }

    private static Pod serving(ServiceSettings service, boolean ready) {
        return RegisteredPods.pod("www-1", "0123456789abcdef", service)
                .editStatus()
                .withInitContainerStatuses(new ContainerStatusBuilder()
                        .withName("hamesh-haproxy")
                        .withStarted(true)
                        .withReady(ready)
                        .build())
                .endStatus()
                .build();
    }
}
