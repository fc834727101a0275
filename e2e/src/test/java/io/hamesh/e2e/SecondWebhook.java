package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.assertj.core.api.Assertions;

/** Somebody else's mutating webhook for a scene's pods, which adds to every container ({@code apps/second-webhook.mjs}). */
record SecondWebhook(Scene scene, String ca) {
    private static final String NAME = "second-webhook";
    private static final int PORT = 8443;

    static SecondWebhook start(Scene scene) {
        Authority authority = new Authority("the other webhook's", "nowhere");
        String host = NAME + "." + scene.namespace() + ".svc";
        PemPair tls = authority.leaf("CN=" + NAME, Authority.dns(host));
        Pod pod = AppPod.caller(NAME)
                .running("node", "/apps/second-webhook.mjs")
                .with("TLS_CERTIFICATE", tls.certificates())
                .with("TLS_KEY", tls.privateKey())
                .build();
        scene.create(listening(pod));
        scene.client()
                .services()
                .inNamespace(scene.namespace())
                .resource(new ServiceBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .endMetadata()
                        .withNewSpec()
                        .addToSelector("app", NAME)
                        .addNewPort()
                        .withPort(443)
                        .withTargetPort(new IntOrString(PORT))
                        .endPort()
                        .endSpec()
                        .build())
                .create();
        scene.awaitReady(NAME);
        return new SecondWebhook(scene, authority.root().certificates());
    }

    private static Pod listening(Pod pod) {
        return new PodBuilder(pod)
                .editSpec()
                .editFirstContainer()
                .withNewReadinessProbe()
                .withNewTcpSocket()
                .withNewPort(PORT)
                .endTcpSocket()
                .withPeriodSeconds(1)
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .build();
    }

    /**
     * Has the API server ask it from now on, until the result is closed.
     *
     * @param name the API server asks webhooks in the order of their configurations' names
     * @param again whether it is asked once more after others, {@code IfNeeded} or {@code Never}
     */
    Asked asked(String name, String again) {
        Asked asked = new Asked(scene, name + "-" + scene.namespace());
        scene.client()
                .admissionRegistration()
                .v1()
                .mutatingWebhookConfigurations()
                .resource(new MutatingWebhookConfigurationBuilder()
                        .withNewMetadata()
                        .withName(asked.configuration())
                        .endMetadata()
                        .addNewWebhook()
                        .withName("second.example.org")
                        .withNewClientConfig()
                        .withCaBundle(Base64.getEncoder().encodeToString(ca.getBytes(StandardCharsets.UTF_8)))
                        .withNewService()
                        .withNamespace(scene.namespace())
                        .withName(NAME)
                        .withPath("/")
                        .withPort(443)
                        .endService()
                        .endClientConfig()
                        .withNewNamespaceSelector()
                        .withMatchLabels(Map.of("kubernetes.io/metadata.name", scene.namespace()))
                        .endNamespaceSelector()
                        .addNewRule()
                        .withApiGroups("")
                        .withApiVersions("v1")
                        .withResources("pods")
                        .withOperations("CREATE")
                        .endRule()
                        .withReinvocationPolicy(again)
                        .withSideEffects("None")
                        .withAdmissionReviewVersions("v1")
                        .endWebhook()
                        .build())
                .create();
        try {
            awaitCalls();
        } catch (RuntimeException | AssertionError e) {
            asked.close();
            throw e;
        }
        return asked;
    }

    private void awaitCalls() {
        String plain = Serialization.asYaml(AppPod.caller("dry").build());
        Eventually.that("the API server to ask the second webhook", () -> Assertions.assertThat(scene.kubectl()
                        .runWith(plain, "apply", "--dry-run=server", "-o", "yaml", "-f", "-")
                        .out())
                .contains("CLOUD_ROLE"));
    }

    /** While it is asked. */
    record Asked(Scene scene, String configuration) implements AutoCloseable {
        @Override
        public void close() {
            scene.client()
                    .admissionRegistration()
                    .v1()
                    .mutatingWebhookConfigurations()
                    .withName(configuration)
                    .delete();
        }
    }
}
