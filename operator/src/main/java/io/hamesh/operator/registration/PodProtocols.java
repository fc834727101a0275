package io.hamesh.operator.registration;

import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Foreign;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Waits;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Declares what pods speak, and tells each whose word does not count. */
final class PodProtocols {
    private final ProtocolDefaults defaults;
    private final TrackedPods pods;
    private final PodNames names;
    private final PodEvents events;

    /** Services of which some pod's word does not count yet. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    PodProtocols(ProtocolDefaults defaults, TrackedPods pods, PodNames names, PodEvents events) {
        this.defaults = defaults;
        this.pods = pods;
        this.names = names;
        this.events = events;
    }

    /** Has Consul say the protocol that the pod speaks. */
    Declaration declare(TrackedPod pod, PodRegistration wanted) {
        String service = wanted.service().name();
        Protocol protocol = wanted.protocol();
        try {
            Declaration done = defaults.ensure(service, protocol, () -> spoken(service));
            if (done instanceof Foreign foreign) {
                events.protocolDiffers(pod, foreign.why());
            } else if (done instanceof Waits waits) {
                waiting.add(service);
                events.protocolWaits(pod, waits.why());
            }
            return done;
        } catch (ConsulRefusedException e) {
            events.protocolRefused(pod, wanted, e);
            return new Waits(e.reason());
        }
    }

    /** What the living pods of that service speak, unregistered ones included; clients and copies say nothing. */
    private Set<Protocol> spoken(String service) {
        return pods.ofService(service).stream()
                .flatMap(pod -> pod.shown().stream())
                .filter(names::allows)
                .filter(pod -> Copies.original(pod.pod()).isEmpty())
                .flatMap(pod -> PodRegistration.spoken(pod.pod()).stream())
                .collect(Collectors.toSet());
    }

    /** A pod of that service went: the others may all say the same now. One of each protocol speaks for the rest. */
    void podLeft(String service) {
        if (waiting.remove(service)) {
            Set<Protocol> asked = EnumSet.noneOf(Protocol.class);
            pods.acknowledged().forEach((pod, registration) -> {
                if (registration.service().name().equals(service) && asked.add(registration.protocol())) {
                    var unused = declare(pod, registration);
                }
            });
        }
    }

    /** All that Consul has, others' too. */
    List<ConfigEntry> all() {
        return defaults.all();
    }

    /** The services whose protocol in Consul is none of those that their pods speak. */
    Set<String> differing(List<ConfigEntry> all, Map<String, Set<Protocol>> spoken) {
        return defaults.differing(all, spoken);
    }

    /** Removes those of ours whose service's claim has ended, and on whose name no pod lives. */
    void removeEnded(List<ConfigEntry> all) {
        defaults.removeEnded(
                all, service -> names.isFree(service) && pods.ofService(service).isEmpty());
    }

    /** Somebody may have changed an entry: ask Consul again. */
    void forget() {
        defaults.forget();
    }
}
