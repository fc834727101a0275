package io.hamesh.operator.registration;

import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Foreign;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Waits;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Declares what pods speak, and tells each whose word does not count. */
final class PodProtocols {
    private final ProtocolDefaults defaults;
    private final KnownPods pods;
    private final PodNews news;

    /** Services of which some pod's word does not count yet. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();

    PodProtocols(ProtocolDefaults defaults, KnownPods pods, PodNews news) {
        this.defaults = defaults;
        this.pods = pods;
        this.news = news;
    }

    Declaration declare(PodKey key, PodRegistration wanted) {
        String service = wanted.service().name();
        Protocol protocol = wanted.protocol();
        try {
            Declaration done = defaults.ensure(service, protocol, () -> pods.spoken(service));
            if (done instanceof Foreign foreign) {
                news.protocolDiffers(key, foreign.why());
            } else if (done instanceof Waits waits) {
                waiting.add(service);
                news.protocolWaits(key, waits.why());
            }
            return done;
        } catch (ConsulRefusedException e) {
            news.protocolRefused(key, wanted, e);
            return new Waits(e.reason());
        }
    }

    /** A pod of that service went: the others may all say the same now. One of each protocol speaks for the rest. */
    void podLeft(String service, Map<PodKey, PodRegistration> registered) {
        if (waiting.remove(service)) {
            Set<Protocol> asked = EnumSet.noneOf(Protocol.class);
            registered.forEach((key, registration) -> {
                if (registration.service().name().equals(service) && asked.add(registration.protocol())) {
                    var unused = declare(key, registration);
                }
            });
        }
    }

    /** Somebody may have changed an entry: ask Consul again. */
    void forget() {
        defaults.forget();
    }
}
