package io.hamesh.operator.registration;

import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.registration.MarkedCatalog.Held;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Repaired;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Written;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Compares all that Consul holds under our mark with the pods that live: strays go, missing ones come. */
final class CatalogSweep {
    private final MarkedCatalog catalog;
    private final TrackedPods pods;
    private final WantedRegistrations wantedNow;
    private final PodController controller;
    private final PodProtocols protocols;
    private final DriftMeter drift;

    CatalogSweep(
            MarkedCatalog catalog,
            TrackedPods pods,
            WantedRegistrations wanted,
            PodController controller,
            PodProtocols protocols,
            DriftMeter drift) {
        this.catalog = catalog;
        this.pods = pods;
        this.wantedNow = wanted;
        this.controller = controller;
        this.protocols = protocols;
        this.drift = drift;
    }

    /** For one thread. */
    void run(Cause cause) {
        if (cause != Cause.CHANGED) {
            pods.all().forEach(TrackedPod::forgetRepairs);
        }
        // What is acknowledged before Consul is asked, it must show; and what is ours by then, is no stray.
        Map<TrackedPod, PodRegistration> acknowledged = pods.acknowledged();
        Set<String> ids = new HashSet<>(pods.ids());
        List<Held> held = catalog.read();
        // Pods second: one registered in between is then known, and no stray.
        Map<TrackedPod, PodRegistration> wanted = wantedNow.of(pods);
        ids.addAll(pods.ids());
        wanted.values().forEach(each -> each.services().forEach(service -> ids.add(service.id())));
        bringBack(wanted, acknowledged, held, cause);
        wanted.entrySet().retainAll(acknowledged.entrySet());
        List<ConfigEntry> defaults = protocols.all();
        declareAgain(defaults, wanted, cause);
        protocols.removeEnded(defaults);
        removeStrays(held, ids, cause);
    }

    private void bringBack(
            Map<TrackedPod, PodRegistration> wanted,
            Map<TrackedPod, PodRegistration> acknowledged,
            List<Held> held,
            Cause cause) {
        Map<String, Held> byNode =
                held.stream().collect(Collectors.toMap(each -> each.node().name(), each -> each));
        wanted.forEach((pod, registration) -> {
            if (isHeld(registration, byNode.get(registration.node().name()))) {
                pod.found(registration); // nothing to write until the pod changes
            } else if (!registration.equals(acknowledged.get(pod))) {
                controller.judgeAgain(pod); // unless it was written meanwhile
            } else {
                String what = pod + " is not in Consul as it was written";
                drift.repaired(DriftMeter.Kind.REGISTRATION, cause, what, pod.repaired());
                protocols.forget(); // whoever took the pod may have taken its protocol
                pod.lost(registration);
                controller.judgeAgain(pod);
            }
        });
    }

    private static boolean isHeld(PodRegistration wanted, @Nullable Held held) {
        return held != null && held.holds(wanted);
    }

    /**
     * Callers learn a service's protocol from Consul; pods that speak different ones, as in a roll-out, are left to
     * themselves.
     */
    private void declareAgain(List<ConfigEntry> defaults, Map<TrackedPod, PodRegistration> acknowledged, Cause cause) {
        Map<String, Set<Protocol>> spoken = acknowledged.values().stream()
                .collect(Collectors.groupingBy(
                        each -> each.service().name(),
                        Collectors.mapping(PodRegistration::protocol, Collectors.toSet())));
        Set<String> differing = protocols.differing(defaults, spoken);
        Set<String> tried = new HashSet<>();
        acknowledged.forEach((pod, registration) -> {
            String service = registration.service().name();
            boolean isNew = tried.add(service + " " + registration.protocol());
            if (isNew && differing.contains(service)) {
                declareAgain(pod, registration, differing, cause);
            }
        });
    }

    private void declareAgain(TrackedPod pod, PodRegistration registration, Set<String> differing, Cause cause) {
        String service = registration.service().name();
        Declaration done = protocols.declare(pod, registration);
        if (done instanceof Repaired) {
            drift.repaired(DriftMeter.Kind.PROTOCOL, cause, "service-defaults of " + service + " was not as written");
        }
        if (done instanceof Repaired || done instanceof Written) {
            differing.remove(service);
        }
    }

    private void removeStrays(List<Held> held, Set<String> ids, Cause cause) {
        for (Held each : held) {
            List<CatalogService> strays = catalog.strays(each, ids);
            strays.forEach(stray -> remove(each, stray, cause));
            if (strays.size() == each.services().size()) {
                catalog.removeIfOver(each.node());
            }
        }
    }

    private void remove(Held held, CatalogService stray, Cause cause) {
        if (catalog.remove(held.node(), stray)) {
            String node = held.node().name();
            drift.repaired(DriftMeter.Kind.STRAY, cause, stray.id() + " on " + node + " was no living pod's");
        }
    }
}
