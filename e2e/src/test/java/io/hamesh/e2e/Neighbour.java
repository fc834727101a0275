package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hamesh.testbed.TestNamespace;
import java.time.Duration;

/** A second namespace beside a scene's own, for as long as a test needs it. */
record Neighbour(Scene scene) implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(90);

    static Neighbour of(Scene scene, String suffix) {
        String name = scene.namespace() + "-" + suffix;
        TestNamespace.create(scene.client(), name);
        return new Neighbour(scene.in(name));
    }

    String namespace() {
        return scene.namespace();
    }

    /** Returns once the namespace is no more. */
    void end() {
        close();
        Eventually.that("namespace " + namespace() + " to end", END, () -> assertThat(
                        client().namespaces().withName(namespace()).get())
                .isNull());
    }

    /** Lets it go, without waiting for its pods. */
    @Override
    public void close() {
        client().namespaces().withName(namespace()).delete();
    }

    private KubernetesClient client() {
        return scene.client();
    }
}
