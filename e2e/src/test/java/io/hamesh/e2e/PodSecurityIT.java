package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.model.Protocol;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What injection adds, and what people are told to run, is fit for the strictest of Kubernetes' own profiles. */
@EndToEnd
class PodSecurityIT {
    @Test
    void injectedPodIsAdmittedWhereRestrictedIsEnforced(Scene scene) {
        enforceRestricted(scene);

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

    @Test
    void documentedPurgeIsAdmittedWhereRestrictedIsEnforced(Scene scene) {
        enforceRestricted(scene);
        Matcher overrides = Pattern.compile("--overrides='(.*?)'")
                .matcher(scene.rendered("templates/uninstall.yaml", "consul.address=http://consul.example.org:8500"));
        assertThat(overrides.find()).isTrue();

        purge(
                        scene,
                        "--override-type=strategic",
                        "--overrides=" + overrides.group(1).replace("\\", ""))
                .expectSuccess();
        assertThat(purge(scene).err()).as("without what it overrides").contains("violates PodSecurity \"restricted");
    }

    private static Kubectl.Result purge(Scene scene, String... more) {
        String[] run = {"run", "purge-hamesh", "--restart=Never", "--image=hamesh/operator", "--dry-run=server"};
        return scene.kubectl().run(Stream.of(run, more).flatMap(Stream::of).toArray(String[]::new));
    }

    private static void enforceRestricted(Scene scene) {
        scene.kubectl()
                .run(
                        "label",
                        "--overwrite",
                        "namespace",
                        scene.namespace(),
                        "pod-security.kubernetes.io/enforce=restricted")
                .expectSuccess();
    }
}
