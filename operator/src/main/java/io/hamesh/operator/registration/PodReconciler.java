package io.hamesh.operator.registration;

import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.ConsulUnavailableException;
import io.hamesh.operator.ownership.ClaimVerdict.Owner;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what Consul holds for one pod in step with the pod as it is now. */
final class PodReconciler {
    private static final Logger LOG = LoggerFactory.getLogger(PodReconciler.class);
    private static final int TRIES_AT_ONCE = 5;

    private final WantedRegistrations wanted;
    private final PodNames names;
    private final PodProtocols protocols;
    private final AddedCapacity capacity;
    private final CatalogWriter catalog;
    private final PodEvents events;

    PodReconciler(
            WantedRegistrations wanted,
            PodNames names,
            PodProtocols protocols,
            AddedCapacity capacity,
            CatalogWriter catalog,
            PodEvents events) {
        this.wanted = wanted;
        this.names = names;
        this.protocols = protocols;
        this.capacity = capacity;
        this.catalog = catalog;
        this.events = events;
    }

    /** What it returns says whether that worked; never throws. */
    boolean reconcile(TrackedPod pod) {
        try {
            Optional<PodRegistration> registration = wanted.of(pod);
            boolean done =
                    registration.isPresent() ? register(pod, registration.get()) : deregister(pod) && claimed(pod);
            if (done) {
                pod.waits(false);
            }
            return done;
        } catch (ConsulUnavailableException e) {
            LOG.atWarn()
                    .addKeyValue("pod", pod.toString())
                    .addKeyValue("error", e.getMessage())
                    .log("registration waits for Consul");
            if (pod.isShown()) {
                events.waits(pod, e);
            }
        } catch (ConsulRefusedException e) {
            capacity.settled(pod);
            events.notRegistered(pod, "Consul refused the registration: " + e.reason());
        } catch (ConsulNodes.ForeignNodeException e) {
            capacity.settled(pod);
            events.notRegistered(pod, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("pod", pod.toString()).setCause(e).log("registration failed");
        }
        return false;
    }

    /** A pod that is not registered yet, or never is, has its name as soon as it is seen. */
    private boolean claimed(TrackedPod pod) {
        names.claim(pod);
        return true;
    }

    private boolean register(TrackedPod pod, PodRegistration now) {
        Optional<PodRegistration> before = pod.written();
        if (before.equals(Optional.of(now))) {
            capacity.settled(pod);
            return true;
        }
        var unused = protocols.declare(pod, now);
        for (int attempt = 0; attempt < TRIES_AT_ONCE; attempt++) {
            Optional<Owner> owner = names.claim(pod);
            if (owner.isEmpty()) {
                capacity.settled(pod);
                return deregister(pod); // somebody else has the name, or the pod went meanwhile
            }
            if (catalog.write(pod, now, owner.get().conditions())) {
                registered(pod, now, before.isEmpty());
                return true;
            }
            names.doubt(now.service().name()); // the claim may not be what it was
        }
        return false;
    }

    private void registered(TrackedPod pod, PodRegistration now, boolean first) {
        if (now.isPassing()) {
            capacity.settled(pod);
        }
        LOG.atInfo()
                .addKeyValue("pod", pod.toString())
                .addKeyValue("service", now.service().name())
                .addKeyValue("passing", now.isPassing())
                .log("registered");
        events.registered(pod, now, first);
    }

    private boolean deregister(TrackedPod pod) {
        Optional<PodRegistration> before = pod.attempted();
        if (before.isPresent()) { // else never ours, or the sweep finds it
            String service = before.get().service().name();
            catalog.remove(pod, before.get());
            LOG.atInfo()
                    .addKeyValue("pod", pod.toString())
                    .addKeyValue("service", service)
                    .log("deregistered");
            protocols.podLeft(service);
        }
        return true;
    }
}
