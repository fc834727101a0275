package io.hamesh.operator.registration;

import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.ConsulUnavailableException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the owners of pods are told about registration. */
final class PodNews {
    private static final Logger LOG = LoggerFactory.getLogger(PodNews.class);

    private final PodEvents events;

    /** Pods that were told that Consul does not take their registration now. */
    private final Set<PodKey> waiting = ConcurrentHashMap.newKeySet();

    PodNews(PodEvents events) {
        this.events = events;
    }

    void registered(PodKey key, PodRegistration now, boolean first) {
        LOG.atInfo()
                .addKeyValue("pod", key.toString())
                .addKeyValue("service", now.service().name())
                .addKeyValue("passing", now.isPassing())
                .log("registered");
        if (first || waiting.contains(key)) {
            events.normal(
                    key,
                    "Registered",
                    "in Consul as " + now.service().name() + " on " + now.node().name());
        }
    }

    void notRegistered(PodKey key, String why) {
        events.warning(key, "NotRegistered", why);
    }

    void copyTakesNoTraffic(PodKey key, String original) {
        notRegistered(
                key,
                "a copy of pod " + original
                        + ", as kubectl debug --copy-to makes it: it may call its upstreams, and takes"
                        + " no traffic of the mesh; for one more endpoint scale the workload, or create a pod without"
                        + " sidecars from its manifest");
    }

    /** Once, whatever Consul says at each further try. */
    void waits(PodKey key, ConsulUnavailableException why) {
        if (waiting.add(key)) {
            events.warning(
                    key,
                    "RegistrationWaits",
                    "Consul does not have this pod as it is now, tried again until it has: " + why.getMessage());
        }
    }

    void waitsNoMore(PodKey key) {
        waiting.remove(key);
    }

    void protocolDiffers(PodKey key, String note) {
        events.warning(key, "ProtocolDiffers", note);
    }

    /** Again where it changes; each pod for itself. */
    void protocolWaits(PodKey key, String why) {
        events.warning(key, "ProtocolWaits", why);
    }

    void protocolRefused(PodKey key, PodRegistration wanted, ConsulRefusedException why) {
        events.warning(
                key,
                "ProtocolNotDeclared",
                "Consul refused protocol " + wanted.protocol().id() + " in service-defaults "
                        + wanted.service().name() + ", so callers go on with what stands there: " + why.reason()
                        + ". Give the pod that protocol, or change what needs it in Consul (a service-router,"
                        + " service-splitter or service-resolver of that name, or a route to it); tried again each minute");
    }
}
