package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import java.util.Map;

/** A Consul that is not the chart's: one server in the scene's namespace, outside of the mesh. */
record ExternalConsul(String address, Consul consul) {
    private static final String NAME = "consul";
    private static final int HTTP = 8500;

    /** Started from the image that the chart's own Consul has. */
    static ExternalConsul start(Scene scene, String image) {
        KubernetesClient client = scene.client();
        Map<String, String> labels = Map.of("app", NAME);
        List<String> command =
                List.of("consul", "agent", "-dev", "-client=0.0.0.0", "-hcl=default_intention_policy = \"deny\"");
        var pod = new PodBuilder()
                .withNewMetadata()
                .withName(NAME)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(0L)
                .addNewContainer()
                .withName(NAME)
                .withImage(image)
                .withImagePullPolicy("IfNotPresent")
                .withCommand(command)
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPath("/v1/catalog/services")
                .withNewPort(HTTP)
                .endHttpGet()
                .withPeriodSeconds(1)
                .endReadinessProbe()
                .endContainer()
                .endSpec()
                .build();
        client.pods().inNamespace(scene.namespace()).resource(pod).create();
        var service = new ServiceBuilder()
                .withNewMetadata()
                .withName(NAME)
                .endMetadata()
                .withNewSpec()
                .withSelector(labels)
                .addNewPort()
                .withPort(HTTP)
                .endPort()
                .endSpec()
                .build();
        client.services().inNamespace(scene.namespace()).resource(service).create();
        RunningPod running = scene.awaitReady(NAME);
        return new ExternalConsul(
                "http://" + NAME + "." + scene.namespace() + ":" + HTTP,
                new Consul(running.url(HTTP), scene.kubectl()));
    }
}
