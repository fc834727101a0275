package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.model.Protocol;
import org.junit.jupiter.api.Test;

/** What injection adds is fit for the strictest of Kubernetes' own profiles. */
@EndToEnd
class PodSecurityIT {
    @Test
    void injectedPodIsAdmittedWhereRestrictedIsEnforced(Scene scene) {
        scene.kubectl()
                .run("label", "namespace", scene.namespace(), "pod-security.kubernetes.io/enforce=restricted")
                .expectSuccess();

        scene.start(AppPod.server("api", scene.service("api"), Protocol.HTTP));
        var lax = new PodBuilder(AppPod.caller("lax").build())
                .editSpec()
                .withSecurityContext(null)
                .endSpec()
                .build();
        assertThat(scene.kubectl().apply(Serialization.asYaml(lax)).err())
                .as("the profile is enforced here")
                .contains("violates PodSecurity \"restricted");
    }
}
