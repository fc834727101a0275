package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.operator.openports.OpenPorts;
import io.hamesh.operator.openports.PodPorts;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TrackedPodTest {
    private static final OpenPorts SAID = new OpenPorts(new TreeSet<>(List.of(8080)));
    private static final PodRegistration REGISTERED = PodRegistration.of(
                    RegisteredPods.ready().build(), true, OpenPorts.NONE)
            .orElseThrow();

    private final TrackedPods pods = new TrackedPods("prod");

    @Test
    void podThatServesIsAskedForItsOpenPorts() {
        PodPorts ports = pods.show(serving()).ports();
        assertThat(ports.said(SAID)).isTrue();
        assertThat(ports.known()).isEqualTo(SAID);
    }

    @Test
    void nobodyAsksPodsThatCannotAnswerOrAreNotOurs() {
        Pod going = new PodBuilder(serving())
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
        assertThat(pods.show(RegisteredPods.ready().build()).ports().said(SAID))
                .as("HAProxy has not started")
                .isFalse();
        assertThat(pods.show(going).ports().said(SAID)).isFalse();
        assertThat(new TrackedPods("staging").show(serving()).ports().said(SAID))
                .as("another installation's")
                .isFalse();
    }

    @Test
    void podThatWentTakesItsOpenPortsAlong() {
        TrackedPod pod = pods.show(serving());
        assertThat(pod.ports().said(SAID)).isTrue();
        pod.gone();
        assertThat(pod.ports().known()).isEqualTo(OpenPorts.NONE);
    }

    @Test
    void podThatWentIsTrackedForAsLongAsConsulMayHoldIt() {
        TrackedPod pod = pods.show(serving());
        pod.attempts(REGISTERED);
        pod.gone();
        assertThat(pods.forgotten(pod)).isFalse();
        assertThat(pods.ids()).as("what is on its way out").hasSize(2);
        pod.removed();
        assertThat(pods.forgotten(pod)).isTrue();
        assertThat(pods.all()).isEmpty();
    }

    @Test
    void whatWasSeenInConsulOfAPodThatWentMeanwhileIsNotIts() {
        TrackedPod pod = pods.show(serving());
        pod.gone();
        pod.found(REGISTERED);
        assertThat(pods.forgotten(pod)).isTrue();
    }

    @Test
    void whatWasWrittenSinceIsKnownBetterThanWhatWasSeen() {
        TrackedPod pod = pods.show(serving());
        PodRegistration newer = PodRegistration.of(RegisteredPods.ready().build(), false, OpenPorts.NONE)
                .orElseThrow();
        pod.attempts(newer);
        pod.acknowledged(newer);
        pod.found(REGISTERED);
        pod.lost(REGISTERED);
        assertThat(pod.written()).contains(newer);
    }

    @Test
    void podWithTheNameOfOneThatWentIsAnother() {
        TrackedPod first = pods.show(serving());
        Pod successor = new PodBuilder(serving())
                .editMetadata()
                .withUid("another")
                .endMetadata()
                .build();
        assertThat(pods.show(successor)).isNotSameAs(first);
        assertThat(pods.show(serving())).isSameAs(first);
    }

    private static Pod serving() {
        return RegisteredPods.ready()
                .editStatus()
                .withInitContainerStatuses(new ContainerStatusBuilder()
                        .withName("hamesh-haproxy")
                        .withStarted(true)
                        .withReady(true)
                        .build())
                .endStatus()
                .build();
    }
}
