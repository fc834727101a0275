package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.function.UnaryOperator;

/** A pod's containers as other users, or among each other's processes. */
final class UserOf {
    private UserOf() {}

    static Pod sharing(Pod pod) {
        return new PodBuilder(pod)
                .editSpec()
                .withShareProcessNamespace(true)
                .endSpec()
                .build();
    }

    static UnaryOperator<Pod> container(Long user) {
        return pod -> new PodBuilder(pod)
                .editSpec()
                .editFirstContainer()
                .editSecurityContext()
                .withRunAsUser(user)
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
    }

    static UnaryOperator<Pod> initContainer(Long user) {
        return pod -> new PodBuilder(pod)
                .editSpec()
                .addNewInitContainer()
                .withName("before")
                .withImage(TestImages.NODE)
                .withNewSecurityContext()
                .withRunAsUser(user)
                .endSecurityContext()
                .endInitContainer()
                .endSpec()
                .build();
    }

    static UnaryOperator<Pod> pod(Long user) {
        return pod -> new PodBuilder(pod)
                .editSpec()
                .editSecurityContext()
                .withRunAsUser(user)
                .endSecurityContext()
                .endSpec()
                .build();
    }

    static Pod root(Pod pod) {
        return new PodBuilder(anyUser(pod))
                .editSpec()
                .editFirstContainer()
                .editSecurityContext()
                .withRunAsUser(0L)
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
    }

    /** Whom the image names. */
    static Pod anyUser(Pod pod) {
        return new PodBuilder(pod)
                .editSpec()
                .withSecurityContext(null)
                .endSpec()
                .build();
    }
}
