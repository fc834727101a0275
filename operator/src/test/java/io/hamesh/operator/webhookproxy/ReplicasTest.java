package io.hamesh.operator.webhookproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReplicasTest {
    private static final String REVIEWS = "reviews";

    @Test
    void othersThatRunAreAsked() {
        assertThat(Replicas.addresses(
                        "own", List.of(running("own", "10.0.0.1", REVIEWS), running("other", "10.0.0.2", REVIEWS))))
                .containsExactly("10.0.0.2");
    }

    @Test
    void whoLeavesIsNot() {
        Pod leaving = running("other", "10.0.0.2", REVIEWS)
                .edit()
                .editMetadata()
                .withDeletionTimestamp("2026-01-01T00:00:00Z")
                .endMetadata()
                .build();
        assertThat(Replicas.addresses("own", List.of(leaving))).isEmpty();
    }

    @Test
    void whoDoesNotRunYetIsNot() {
        Pod pending = running("other", "10.0.0.2", REVIEWS)
                .edit()
                .editStatus()
                .withPhase("Pending")
                .endStatus()
                .build();
        assertThat(Replicas.addresses("own", List.of(pending))).isEmpty();
    }

    /** Its port 9443 is the JVM's, and 9444 is nobody's. */
    @Test
    void operatorOfAReleaseWithoutHaproxyInFrontIsNot() {
        assertThat(Replicas.addresses("own", List.of(running("old", "10.0.0.2", "webhook"))))
                .isEmpty();
    }

    private static Pod running(String name, String address, String port) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("operator")
                .addNewPort()
                .withName(port)
                .withContainerPort(9444)
                .endPort()
                .endContainer()
                .endSpec()
                .withNewStatus()
                .withPhase("Running")
                .withPodIP(address)
                .endStatus()
                .build();
    }
}
