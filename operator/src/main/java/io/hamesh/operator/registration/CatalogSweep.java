package io.hamesh.operator.registration;

import io.hamesh.model.OwnershipMark;
import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.CatalogCheck;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.TxnOperation.DeleteNode;
import io.hamesh.operator.consul.TxnOperation.DeleteService;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Repaired;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Written;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares all that Consul holds under our mark with the pods that live: strays go, missing ones come. */
final class CatalogSweep {
    private static final String KUBERNETES_NODE = "k8s-node";

    /** Whoever undoes us more often between two {@link Cause#TIME} sweeps has to wait for the next. */
    private static final int REPAIRS = 5;

    private final ConsulCatalog catalog;
    private final String cluster;
    private final PodRegistrar registrar;
    private final ProtocolDefaults protocols;
    private final Predicate<String> nodeExists;
    private final DriftMeter drift;
    private final Map<PodKey, Integer> repairs = new HashMap<>();

    CatalogSweep(
            ConsulCatalog catalog,
            String cluster,
            PodRegistrar registrar,
            ProtocolDefaults protocols,
            Predicate<String> nodeExists,
            DriftMeter drift) {
        this.catalog = catalog;
        this.cluster = cluster;
        this.registrar = registrar;
        this.protocols = protocols;
        this.nodeExists = nodeExists;
        this.drift = drift;
    }

    /** What stands on one of our nodes, by id. */
    private record Held(CatalogNode node, Map<String, CatalogService> services, Set<CatalogCheck> checks) {
        static Held of(CatalogNode node, List<CatalogService> services, List<CatalogCheck> checks) {
            Map<String, CatalogService> byId = services.stream().collect(Collectors.toMap(CatalogService::id, s -> s));
            return new Held(node, byId, Set.copyOf(checks));
        }

        boolean holds(CatalogService wanted) {
            CatalogService there = services.get(wanted.id());
            return there != null && there.saysTheSameAs(wanted);
        }
    }

    /** For one thread. */
    void run(Cause cause) {
        if (cause != Cause.CHANGED) {
            repairs.clear();
        }
        // What is acknowledged before Consul is asked, it must show; and what is ours by then, is no stray.
        Map<PodKey, PodRegistration> acknowledged = registrar.acknowledged();
        Set<String> ids = new HashSet<>(registrar.ids());
        List<Held> held = catalog.nodesWith(OwnershipMark.of(cluster)).stream()
                .map(node -> Held.of(node, catalog.services(node.name()), catalog.checks(node.name())))
                .toList();
        // Pods second: one registered in between is then known, and no stray.
        Map<PodKey, PodRegistration> wanted = registrar.wanted();
        ids.addAll(registrar.ids());
        wanted.values().forEach(each -> each.services().forEach(service -> ids.add(service.id())));
        bringBack(wanted, acknowledged, held, cause);
        wanted.entrySet().retainAll(acknowledged.entrySet());
        List<ConfigEntry> defaults = protocols.all();
        declareAgain(defaults, wanted, cause);
        protocols.removeEnded(defaults, registrar::hasEnded);
        removeStrays(held, ids, cause);
    }

    private void bringBack(
            Map<PodKey, PodRegistration> wanted,
            Map<PodKey, PodRegistration> acknowledged,
            List<Held> held,
            Cause cause) {
        Map<String, Held> byNode =
                held.stream().collect(Collectors.toMap(each -> each.node().name(), each -> each));
        wanted.forEach((key, registration) -> {
            if (isHeld(registration, byNode.get(registration.node().name()))) {
                registrar.seen(key, registration);
            } else if (!registration.equals(acknowledged.get(key))) {
                registrar.missing(key);
            } else if (repairs.merge(key, 1, Integer::sum) <= REPAIRS) {
                drift.repaired(DriftMeter.Kind.REGISTRATION, cause, key + " is not in Consul as it was written");
                registrar.drifted(key, registration);
            }
        });
    }

    /** Callers learn a service's protocol from Consul; pods that speak different ones, as in a roll-out, are left to themselves. */
    private void declareAgain(List<ConfigEntry> defaults, Map<PodKey, PodRegistration> acknowledged, Cause cause) {
        Map<String, Set<Protocol>> spoken = acknowledged.values().stream()
                .collect(Collectors.groupingBy(
                        each -> each.service().name(),
                        Collectors.mapping(PodRegistration::protocol, Collectors.toSet())));
        Set<String> differing = protocols.differing(defaults, spoken);
        Set<String> tried = new HashSet<>();
        acknowledged.forEach((key, registration) -> {
            String service = registration.service().name();
            boolean isNew = tried.add(service + " " + registration.protocol());
            if (isNew && differing.contains(service)) {
                declareAgain(key, registration, differing, cause);
            }
        });
    }

    private void declareAgain(PodKey key, PodRegistration registration, Set<String> differing, Cause cause) {
        String service = registration.service().name();
        Declaration done = registrar.declareProtocol(key, registration);
        if (done instanceof Repaired) {
            drift.repaired(DriftMeter.Kind.PROTOCOL, cause, "service-defaults of " + service + " was not as written");
        }
        if (done instanceof Repaired || done instanceof Written) {
            differing.remove(service);
        }
    }

    private static boolean isHeld(PodRegistration wanted, @Nullable Held held) {
        return held != null
                && held.node().saysTheSameAs(wanted.node())
                && wanted.services().stream().allMatch(held::holds)
                && held.checks().containsAll(wanted.checks());
    }

    private void removeStrays(List<Held> held, Set<String> ids, Cause cause) {
        for (Held each : held) {
            List<CatalogService> strays = each.services().values().stream()
                    .filter(service -> OwnershipMark.isOn(service.meta(), cluster))
                    .filter(service -> !ids.contains(service.id()))
                    .toList();
            strays.forEach(stray -> remove(each.node(), stray, cause));
            if (strays.size() == each.services().size() && isOver(each.node())) {
                catalog.commit(List.of(new DeleteNode(each.node())));
            }
        }
    }

    /** A lost compare-and-delete means that somebody is at it: the next sweep looks again. */
    private void remove(CatalogNode node, CatalogService stray, Cause cause) {
        if (catalog.commit(List.of(new DeleteService(node.name(), stray)))) {
            drift.repaired(DriftMeter.Kind.STRAY, cause, stray.id() + " on " + node.name() + " was no living pod's");
        }
    }

    private boolean isOver(CatalogNode node) {
        return !nodeExists.test(node.meta().getOrDefault(KUBERNETES_NODE, ""));
    }
}
