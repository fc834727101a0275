package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The Service by which pods reach Consul, led astray for a while and always led back. Consul itself goes on. */
final class ConsulService implements AutoCloseable {
    private static final String NAME = "hamesh-consul";
    private static final String COMPONENT = "app.kubernetes.io/component";
    private static final String NOWHERE = "nowhere";

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

    /** A label that the Service has anyway: an upgrade of the release mends it, should a test be killed meanwhile. */
    void leadNowhere() {
        Map<String, String> labels = new HashMap<>(selector);
        labels.replace(COMPONENT, NOWHERE);
        select(labels);
    }

    void leadToConsul() {
        select(selector);
    }

    @Override
    public void close() {
        leadToConsul();
    }

    private void select(Map<String, String> labels) {
        boolean nowhere = labels.containsValue(NOWHERE);
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
                .map(EndpointSlice::getEndpoints)
                .filter(Objects::nonNull)
                .mapToLong(List::size)
                .sum();
    }
}
