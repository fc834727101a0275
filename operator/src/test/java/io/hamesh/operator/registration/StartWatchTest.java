package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StartWatchTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final List<String> events = new ArrayList<>();
    private Instant now = START;
    private final StartWatch watch = new StartWatch("prod", recorder(), () -> now);

    @Test
    void podThatWaitsForConsulIsToldSoOnce() {
        watch.changed(starting("Pending", false));
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
        watch.changed(starting("Pending", false));
        later(Duration.ofSeconds(5));
        watch.changed(starting("Running", true));
        later(StartWatch.PATIENCE);
        assertThat(events).isEmpty();
    }

    @Test
    void proxyThatStartsAnewBesideItsApplicationHoldsNothingUp() {
        watch.changed(starting("Running", false));
        later(StartWatch.PATIENCE);
        assertThat(events).isEmpty();
    }

    @Test
    void podThatIsGoneOrAnothersIsNotTold() {
        Pod pod = starting("Pending", false);
        watch.changed(pod);
        watch.gone(PodKey.of(pod));
        watch.changed(new PodBuilder(pod)
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

    private PodEvents recorder() {
        return new PodEvents() {
            @Override
            public void normal(PodKey pod, String reason, String message) {
                events.add(reason + ": " + message);
            }

            @Override
            public void warning(PodKey pod, String reason, String message) {
                events.add(reason + ": " + message);
            }
        };
    }
}
