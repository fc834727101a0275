package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;

/** The Service by which pods reach Consul, led astray for a while and always led back. Consul itself goes on. */
final class ConsulService implements AutoCloseable {
    private static final String NAME = "hamesh-consul";

    private final KubernetesClient client;
    private final Map<String, String> selector;

    private ConsulService(KubernetesClient client) {
        this.client = client;
        this.selector = client.services()
                .inNamespace(Scene.RELEASE)
                .withName(NAME)
                .require()
                .getSpec()
                .getSelector();
    }

    static ConsulService of(Scene scene) {
        return new ConsulService(scene.client());
    }

    ConsulService leadingNowhere() {
        select(Map.of("app", "nowhere"));
        return this;
    }

    void leadingToConsul() {
        select(selector);
    }

    @Override
    public void close() {
        leadingToConsul();
    }

    private void select(Map<String, String> labels) {
        boolean nowhere = labels.containsValue("nowhere");
        client.services().inNamespace(Scene.RELEASE).withName(NAME).edit((Service service) -> new ServiceBuilder(
                        service)
                .editSpec()
                .withSelector(labels)
                .endSpec()
                .build());
        Eventually.that("the Service's endpoints to follow", () -> assertThat(addresses() == 0)
                .isEqualTo(nowhere));
    }

    private long addresses() {
        return client
                .discovery()
                .v1()
                .endpointSlices()
                .inNamespace(Scene.RELEASE)
                .withLabel("kubernetes.io/service-name", NAME)
                .list()
                .getItems()
                .stream()
                .mapToLong(slice -> slice.getEndpoints().size())
                .sum();
    }
}
