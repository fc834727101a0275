package io.hamesh.operator.registration;

import io.hamesh.operator.consul.CatalogCheck;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.TxnOperation.DeleteNode;
import io.hamesh.operator.consul.TxnOperation.DeleteService;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares all that Consul holds under our mark with the pods that live: strays go, missing ones come. */
final class CatalogSweep {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogSweep.class);
    private static final String KUBERNETES_NODE = "k8s-node";

    private final ConsulCatalog catalog;
    private final String cluster;
    private final PodRegistrar registrar;
    private final Predicate<String> nodeExists;

    CatalogSweep(ConsulCatalog catalog, String cluster, PodRegistrar registrar, Predicate<String> nodeExists) {
        this.catalog = catalog;
        this.cluster = cluster;
        this.registrar = registrar;
        this.nodeExists = nodeExists;
    }

    private record Held(CatalogNode node, List<CatalogService> services, List<CatalogCheck> checks) {}

    void run() {
        // Consul first, pods second: a pod registered in between is then known, and no stray.
        List<Held> held = catalog.nodesWith(OwnershipMark.of(cluster)).stream()
                .map(node -> new Held(node, catalog.services(node.name()), catalog.checks(node.name())))
                .toList();
        Map<PodKey, PodRegistration> wanted = registrar.wanted();
        Map<String, Held> byNode = new HashMap<>();
        held.forEach(each -> byNode.put(each.node().name(), each));
        wanted.forEach((key, registration) -> {
            if (isHeld(registration, byNode.get(registration.node().name()))) {
                registrar.seen(key, registration);
            } else {
                registrar.missing(key);
            }
        });
        removeStrays(held, wanted);
    }

    private static boolean isHeld(PodRegistration wanted, @Nullable Held held) {
        return held != null
                && held.node().saysTheSameAs(wanted.node())
                && wanted.services().stream()
                        .allMatch(service -> held.services().stream().anyMatch(service::saysTheSameAs))
                && held.checks().containsAll(wanted.checks());
    }

    private void removeStrays(List<Held> held, Map<PodKey, PodRegistration> wanted) {
        Set<String> live = wanted.values().stream()
                .flatMap(registration -> registration.services().stream())
                .map(CatalogService::id)
                .collect(Collectors.toCollection(HashSet::new));
        for (Held each : held) {
            List<CatalogService> strays = each.services().stream()
                    .filter(service -> OwnershipMark.isOn(service.meta(), cluster))
                    .filter(service -> !live.contains(service.id()))
                    .toList();
            strays.forEach(stray -> remove(each.node(), stray));
            if (strays.size() == each.services().size() && isOver(each.node())) {
                catalog.commit(List.of(new DeleteNode(each.node())));
            }
        }
    }

    /** A lost compare-and-delete means that somebody is at it: the next sweep looks again. */
    private void remove(CatalogNode node, CatalogService stray) {
        if (catalog.commit(List.of(new DeleteService(node.name(), stray)))) {
            LOG.info("stray removed node={} id={}", node.name(), stray.id());
        }
    }

    private boolean isOver(CatalogNode node) {
        return !nodeExists.test(node.meta().getOrDefault(KUBERNETES_NODE, ""));
    }
}
