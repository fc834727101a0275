package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.health.InFlight;
import io.hamesh.operator.ownership.ServiceNames;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.function.Predicate;

/** Cluster {@code prod}: what {@link Registration} wires, without Kubernetes. */
final class TestRegistration implements AutoCloseable {
    final TrackedPods pods = new TrackedPods("prod");
    final PodController controller;
    private final WantedRegistrations wanted;
    private final PodProtocols protocols;
    private final ConsulCatalog consul;

    <C extends ConsulCatalog & ConfigEntries> TestRegistration(
            C consul, PodEvents events, ServiceNames names, Predicate<String> nodeIsReady, InFlight inFlight) {
        this.consul = consul;
        var podNames = new PodNames(names, events);
        wanted = new WantedRegistrations("prod", podNames, events, nodeIsReady);
        protocols =
                new PodProtocols(new ProtocolDefaults(consul, "prod", InstantSource.system()), pods, podNames, events);
        var capacity = new AddedCapacity();
        var writer = new CatalogWriter(consul, new ConsulNodes(consul, "prod"));
        var reconciler = new PodReconciler(wanted, podNames, protocols, capacity, writer, events);
        controller = new PodController(pods, wanted, capacity, reconciler, inFlight);
    }

    /** A sweep that has begun nothing yet. */
    CatalogSweep sweep(Predicate<String> nodeExists, MeterRegistry meters) {
        var marked = new MarkedCatalog(consul, "prod", nodeExists);
        return new CatalogSweep(marked, pods, wanted, controller, protocols, new DriftMeter(meters));
    }

    /** As the informer tells it. */
    void changed(Pod pod) {
        controller.changed(pods.show(pod));
    }

    void gone(Pod pod) {
        pods.find(PodKey.of(pod)).ifPresent(controller::gone);
    }

    int registered() {
        return pods.registered();
    }

    @Override
    public void close() {
        controller.close();
    }
}
