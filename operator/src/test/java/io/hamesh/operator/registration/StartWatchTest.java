package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class StartWatchTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final KeptEvents kept = new KeptEvents();
    private final Queue<String> events = kept.told;
    private Instant now = START;
    private final TrackedPods pods = new TrackedPods("prod");
    private final StartWatch watch = new StartWatch(pods, kept, () -> now);

    @Test
    void podThatWaitsForConsulIsToldSoOnce() {
        pods.show(starting("Pending", false));
        later(StartWatch.PATIENCE.minusMillis(1));
        assertThat(events).as("a start that takes its time").isEmpty();
        later(Duration.ofMillis(1));
        later(Duration.ofMinutes(1));
        assertThat(events)
                .containsExactly("WaitsForConsul: the application starts once the sidecars have all that they need from"
                        + " Consul at http://consul:8500, and after 20 s they have not. What is missing, and why: kubectl"
                        + " logs www-1 -c hamesh-agent");
    }

    @Test
    void podThatStartsMeanwhileIsNotTold() {
        pods.show(starting("Pending", false));
        later(Duration.ofSeconds(5));
        pods.show(starting("Running", true));
        later(StartWatch.PATIENCE);
        assertThat(events).isEmpty();
    }

    @Test
    void proxyThatStartsAnewBesideItsApplicationHoldsNothingUp() {
        pods.show(starting("Running", false));
        later(StartWatch.PATIENCE);
        assertThat(events).isEmpty();
    }

    @Test
    void podThatIsGoneOrAnothersIsNotTold() {
        Pod pod = starting("Pending", false);
        pods.show(pod);
        pods.find(PodKey.of(pod)).orElseThrow().gone();
        pods.show(new PodBuilder(pod)
                .editSpec()
                .editMatchingInitContainer(container -> container.getName().equals("hamesh-agent"))
                .editMatchingEnv(variable -> variable.getName().equals("hamesh.cluster"))
                .withValue("other")
                .endEnv()
                .endInitContainer()
                .endSpec()
                .build());
        later(StartWatch.PATIENCE);
        assertThat(events).isEmpty();
    }

    private void later(Duration time) {
        now = now.plus(time);
        watch.look();
    }

    private static Pod starting(String phase, boolean started) {
        return RegisteredPods.ready()
                .editStatus()
                .withPhase(phase)
                .withInitContainerStatuses(new ContainerStatusBuilder()
                        .withName("hamesh-haproxy")
                        .withStarted(started)
                        .withNewState()
                        .withNewRunning(START.toString())
                        .endState()
                        .build())
                .endStatus()
                .build();
    }
}
