package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.ConsulUnavailableException;
import io.hamesh.operator.health.InFlight;
import io.hamesh.operator.ownership.Claimant;
import io.hamesh.operator.ownership.ServiceNames;
import io.hamesh.operator.ownership.Verdict.Owner;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings Consul's catalog in step with the pods that it is shown, each on its own and retried until it is. */
final class PodRegistrar implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PodRegistrar.class);
    private static final int WRITES_TOGETHER = 8;
    private static final int TRIES_AT_ONCE = 5;

    /** Shorter than the pause that a stopping application gets by default: its callers must hear of its end in time. */
    private static final Duration CAPACITY_PATIENCE = Duration.ofSeconds(2);

    private final ConsulCatalog catalog;
    private final ConsulNodes nodes;
    private final PodProtocols protocols;
    private final PodNews news;
    private final PodNames names;
    private final KnownPods pods;

    /** What Consul holds for each pod, as far as we know. */
    private final Map<PodKey, PodRegistration> written = new ConcurrentHashMap<>();

    /** What it may hold: a write whose answer got lost may have happened, and has to be taken back all the same. */
    private final Map<PodKey, PodRegistration> attempted = new ConcurrentHashMap<>();

    private final AddedCapacity capacity = new AddedCapacity();
    private final KeyedWorker<PodKey> worker;

    /**
     * Consul is asked only once a pod is shown.
     *
     * @param cluster whose pods are ours: those that carry another name were injected by another installation
     * @param nodeIsReady whether the Kubernetes node of that name is ready
     * @param openPorts what is known of a pod's ports beyond loopback
     * @param inFlight sees each pod that is being brought up to date
     */
    PodRegistrar(
            String cluster,
            ConsulCatalog catalog,
            ConsulNodes nodes,
            ProtocolDefaults protocols,
            PodEvents events,
            ServiceNames names,
            Predicate<String> nodeIsReady,
            Function<PodKey, OpenPorts> openPorts,
            InFlight inFlight) {
        this.catalog = catalog;
        this.nodes = nodes;
        this.news = new PodNews(events);
        this.names = new PodNames(cluster, names, events);
        this.pods = new KnownPods(cluster, this.names, news, nodeIsReady, openPorts);
        this.protocols = new PodProtocols(protocols, pods, news);
        this.worker = new KeyedWorker<>(
                WRITES_TOGETHER, this::awaitCapacity, key -> inFlight.track(key, () -> bringUpToDate(key)));
    }

    /** Remembers the pod without acting on it yet. */
    void remember(Pod pod) {
        pods.remember(pod);
    }

    void changed(Pod pod) {
        remember(pod);
        PodKey key = PodKey.of(pod);
        noteCapacity(key);
        worker.submit(key);
    }

    void gone(Pod pod) {
        PodKey key = PodKey.of(pod);
        pods.forget(key);
        news.waitsNoMore(key);
        capacity.settled(key);
        worker.submit(key);
    }

    private void noteCapacity(PodKey key) {
        pods.wanted(key)
                .filter(PodRegistration::isPassing)
                .filter(wanted -> !Optional.ofNullable(written.get(key))
                        .map(PodRegistration::isPassing)
                        .orElse(false))
                .ifPresentOrElse(wanted -> capacity.coming(key, wanted.service().name()), () -> capacity.settled(key));
    }

    /** Before a deregistration; what registers or changes does not wait. */
    private void awaitCapacity(PodKey key) throws InterruptedException {
        PodRegistration before = attempted.get(key);
        if (before == null || pods.wanted(key).isPresent()) {
            return;
        }
        String service = before.service().name();
        if (!capacity.await(service, CAPACITY_PATIENCE)) {
            LOG.atWarn()
                    .addKeyValue("pod", key.toString())
                    .addKeyValue("service", service)
                    .log("deregistering before its successors are registered");
        }
    }

    /** The readiness of that Kubernetes node changed, and with it that of its pods. */
    void nodeChanged(String node) {
        pods.onNode(node).forEach(key -> {
            noteCapacity(key);
            worker.submit(key);
        });
    }

    /** Something besides the pod changed what its check says. */
    void judgeAgain(PodKey key) {
        worker.submit(key);
    }

    /** The service has another owner, or none any more. */
    void ownerChanged(String service) {
        pods.ofService(service).forEach(worker::submit);
    }

    /** Whether the service's claim has ended, and no pod lives on its name. */
    boolean hasEnded(String service) {
        return pods.hasEnded(service);
    }

    /** The pods as what lives on services' names. */
    Map<String, List<Claimant>> claimants() {
        return pods.claimants();
    }

    /** What should stand in Consul now, by pod. */
    Map<PodKey, PodRegistration> wanted() {
        return pods.wanted();
    }

    /** What Consul acknowledged for each pod so far. */
    Map<PodKey, PodRegistration> acknowledged() {
        return Map.copyOf(written);
    }

    /** The ids of everything that may stand in Consul by our doing, what is on its way out included. */
    Set<String> ids() {
        return attempted.values().stream()
                .flatMap(registration -> registration.services().stream())
                .map(CatalogService::id)
                .collect(Collectors.toSet());
    }

    /** Drops pods whose end was not seen. */
    void retain(Predicate<Pod> lives) {
        pods.that(lives.negate()).forEach(this::gone);
    }

    /** Consul was seen to hold exactly this: nothing to write until the pod changes. */
    void seen(PodKey key, PodRegistration registration) {
        // Only what is not known better: the worker may have written a newer state since Consul was read.
        if (pods.contains(key)) {
            attempted.putIfAbsent(key, registration);
            written.putIfAbsent(key, registration);
        }
    }

    /** Consul was seen not to hold what is wanted: writes it, unless that has happened meanwhile. */
    void missing(PodKey key) {
        worker.submit(key);
    }

    /** Consul was seen to have lost or changed what it had acknowledged: writes it again, its protocol included. */
    void drifted(PodKey key, PodRegistration lost) {
        protocols.forget();
        written.remove(key, lost);
        worker.submit(key);
    }

    int registered() {
        return written.size();
    }

    private boolean bringUpToDate(PodKey key) {
        try {
            Optional<PodRegistration> wanted = pods.wanted(key);
            boolean done = wanted.isPresent() ? register(key, wanted.get()) : deregister(key) && claimed(key);
            if (done) {
                news.waitsNoMore(key);
            }
            return done;
        } catch (ConsulUnavailableException e) {
            LOG.atWarn()
                    .addKeyValue("pod", key.toString())
                    .addKeyValue("cause", e.getMessage())
                    .log("registration waits for Consul");
            if (pods.contains(key)) {
                news.waits(key, e);
            }
        } catch (ConsulRefusedException e) {
            capacity.settled(key);
            news.notRegistered(key, "Consul refused the registration: " + e.reason());
        } catch (ConsulNodes.ForeignNodeException e) {
            capacity.settled(key);
            news.notRegistered(key, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.atError().addKeyValue("pod", key.toString()).setCause(e).log("registration failed");
        }
        return false;
    }

    /** A pod that is not registered yet, or never is, has its name as soon as it is seen. */
    private boolean claimed(PodKey key) {
        pods.find(key).ifPresent(pod -> names.claim(key, pod));
        return true;
    }

    private boolean register(PodKey key, PodRegistration wanted) {
        PodRegistration before = written.get(key);
        if (wanted.equals(before)) {
            capacity.settled(key);
            return true;
        }
        var unused = declareProtocol(key, wanted);
        for (int attempt = 0; attempt < TRIES_AT_ONCE; attempt++) {
            Optional<Owner> owner = pods.find(key).flatMap(pod -> names.claim(key, pod));
            if (owner.isEmpty()) {
                capacity.settled(key);
                return deregister(key); // somebody else has the name, or the pod went meanwhile
            }
            CatalogNode node = nodes.onTopOfKnown(wanted.node());
            attempted.put(key, wanted);
            if (catalog.commit(wanted.operations(node, owner.get().conditions()))) {
                nodes.written(node);
                written.put(key, wanted);
                if (wanted.isPassing()) {
                    capacity.settled(key);
                }
                news.registered(key, wanted, before == null);
                return true;
            }
            nodes.forget(node.name()); // another pod of the same node was first
            names.doubt(wanted.service().name()); // or the claim is not what it was
        }
        return false;
    }

    /** Has Consul say the protocol that the pod speaks. */
    Declaration declareProtocol(PodKey key, PodRegistration wanted) {
        return protocols.declare(key, wanted);
    }

    private boolean deregister(PodKey key) {
        PodRegistration before = attempted.get(key);
        if (before == null) {
            return true; // never ours, or the sweep finds it
        }
        // Unconditional, and without a look: the ids hold the uid, so never a successor of the same name.
        catalog.commit(before.removals());
        written.remove(key);
        attempted.remove(key);
        LOG.atInfo()
                .addKeyValue("pod", key.toString())
                .addKeyValue("service", before.service().name())
                .log("deregistered");
        protocols.podLeft(before.service().name(), acknowledged());
        return true;
    }

    @Override
    public void close() {
        worker.close();
    }
}
