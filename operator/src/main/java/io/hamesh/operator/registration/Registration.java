package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.hamesh.model.Annotations;
import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.consul.ConsulCatalog;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.consul.ConsulGateway;
import io.hamesh.operator.consul.Watched;
import io.hamesh.operator.events.KubernetesEvents;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.ownership.Claimant;
import io.hamesh.operator.ownership.ServiceNames;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches injected pods and their nodes, and keeps Consul's catalog in step; for one operator at a time. */
public final class Registration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);

    /** A pod's calls to Consul end in ten seconds each, and there are a dozen at most: past this, one of them hangs. */
    private static final Duration LONGEST_WRITE = Duration.ofMinutes(5);

    private static final Duration SWEEP_RETRY = Duration.ofSeconds(1);

    /** While the catalog changes all the time, comparing it takes at most a quarter of it. */
    private static final int PAUSE_TO_SWEEP = 3;

    private static final Duration LEAST_PAUSE = Duration.ofMillis(100);

    private final SharedIndexInformer<Pod> pods;
    private final SharedIndexInformer<Node> nodes;
    private final PodEventsOnce events;
    private final ProtocolDefaults protocols;
    private final PodRegistrar registrar;
    private final OpenPortsWatch openPorts;
    private final StartWatch starts;
    private final UpstreamRedirects redirects;
    private final CatalogSweep sweep;
    private final SweepTrigger trigger = new SweepTrigger();
    private final List<Thread> threads;

    /**
     * Watches nothing before {@link #start}.
     *
     * @param cluster the installation's {@code cluster.name}, part of its ownership mark
     */
    public Registration(
            KubernetesClient client,
            ConsulGateway consul,
            ServiceNames names,
            String cluster,
            MeterRegistry meters,
            Health health) {
        pods = client.pods()
                .inAnyNamespace()
                .withLabel(Annotations.INJECTED_LABEL, "true")
                .runnableInformer(0);
        nodes = client.nodes().runnableInformer(0);
        events = new PodEventsOnce(new KubernetesEvents(client));
        protocols = new ProtocolDefaults(consul, cluster, InstantSource.system());
        openPorts = new OpenPortsWatch(cluster, new OpenPortsClient()::ask, events, this::judgeAgain);
        starts = new StartWatch(cluster, events, InstantSource.system());
        registrar = new PodRegistrar(
                cluster,
                consul,
                new ConsulNodes(consul, cluster),
                protocols,
                events,
                names,
                this::nodeIsReady,
                openPorts::of,
                health.inFlight("registration", LONGEST_WRITE));
        redirects = new UpstreamRedirects(cluster, events, () -> pods.getStore().list());
        names.onChange(registrar::ownerChanged);
        names.onChange(service -> trigger.fire(Cause.CHANGED)); // what is in Consul for it may have to go
        sweep = new CatalogSweep(
                consul,
                cluster,
                registrar,
                protocols,
                name -> nodes.getStore().getByKey(name) != null,
                new DriftMeter(meters));
        Map<String, String> ours = OwnershipMark.of(cluster);
        threads = List.of(
                Thread.ofVirtual().name("catalog-sweep").unstarted(this::keepSweeping),
                Thread.ofVirtual().name("services-watch").unstarted(services(consul, ours)),
                Thread.ofVirtual().name("checks-watch").unstarted(checks(consul, ours)),
                Thread.ofVirtual().name("service-defaults-watch").unstarted(protocols(consul)),
                Thread.ofVirtual()
                        .name("service-resolver-watch")
                        .unstarted(ConfigEntryWatch.of(consul, ConfigEntry.SERVICE_RESOLVER, redirects)));
    }

    /** Names alone do not show that an instance changed: each answer is news. */
    private Runnable services(ConsulCatalog consul, Map<String, String> ours) {
        return CatalogWatch.of(
                "services",
                (index, wait) -> {
                    long now = consul.watchServices(ours, index, wait).index();
                    return new Watched<>(now, now);
                },
                trigger::fire);
    }

    /** Others' checks wake it too, and are no news. */
    private Runnable checks(ConsulCatalog consul, Map<String, String> ours) {
        return CatalogWatch.of("checks", (index, wait) -> consul.watchChecks(ours, index, wait), trigger::fire);
    }

    private Runnable protocols(ConfigEntries consul) {
        return CatalogWatch.of(
                ConfigEntry.SERVICE_DEFAULTS,
                (index, wait) -> consul.watch(ConfigEntry.SERVICE_DEFAULTS, index, wait),
                trigger::fire);
    }

    /** Returns once both watches know the present; Consul may be away. */
    public void start() {
        nodes.run(); // first: without its node no pod is ready
        pods.run();
        pods.getStore().list().forEach(registrar::remember);
        swept(Cause.BACK); // what Consul holds already need not be written again
        nodes.addEventHandler(new NodeHandler());
        pods.addEventHandler(new PodHandler());
        threads.forEach(Thread::start);
        openPorts.start();
        starts.start();
        LOG.atInfo()
                .addKeyValue("pods", pods.getStore().list().size())
                .addKeyValue("nodes", nodes.getStore().list().size())
                .log("registration started");
    }

    /** The pods of this cluster as what lives on services' names; complete once registration has started. */
    public Map<String, List<Claimant>> claimants() {
        return registrar.claimants();
    }

    /** How many pods stand in Consul, as far as we know. */
    public int registered() {
        return registrar.registered();
    }

    /** How many pods' applications listen beyond loopback. */
    public long openBeyondLoopback() {
        return openPorts.open();
    }

    /** Of how many pods that is not known. */
    public long openPortsUnknown() {
        return openPorts.silent();
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        openPorts.close();
        starts.close();
        pods.close();
        nodes.close();
        registrar.close();
    }

    private void judgeAgain(PodKey key) {
        registrar.judgeAgain(key);
    }

    private boolean lives(Pod pod) {
        Pod now = pods.getStore().getByKey(PodKey.of(pod).toString());
        return now != null && PodKey.of(now).equals(PodKey.of(pod));
    }

    private boolean nodeIsReady(String name) {
        Node node = nodes.getStore().getByKey(name);
        return node != null && NodeHandler.isReady(node);
    }

    private void keepSweeping() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Cause cause = trigger.await(SWEEP_EVERY);
                long start = System.nanoTime();
                if (swept(cause)) {
                    long took = System.nanoTime() - start;
                    Thread.sleep(LEAST_PAUSE.plusNanos(PAUSE_TO_SWEEP * took));
                } else {
                    trigger.fire(Cause.BACK);
                    Thread.sleep(SWEEP_RETRY);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean swept(Cause cause) {
        try {
            registrar.retain(this::lives);
            sweep.run(cause);
            return true;
        } catch (ConsulException e) {
            LOG.atWarn().addKeyValue("cause", e.getMessage()).log("catalog not compared, trying again");
            return false;
        } catch (RuntimeException e) {
            LOG.error("catalog not compared, trying again", e);
            return false;
        }
    }

    private final class PodHandler implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            registrar.changed(pod);
            openPorts.changed(pod);
            SidecarTokens.in(pod).ifPresent(told -> events.warning(PodKey.of(pod), "SidecarHasToken", told));
            starts.changed(pod);
            redirects.changed(pod);
        }

        @Override
        public void onUpdate(Pod before, Pod after) {
            if (!PodKey.of(before).equals(PodKey.of(after))) {
                onDelete(before, false); // a successor of the same name, its predecessor's end unseen
            }
            registrar.changed(after);
            openPorts.changed(after);
            starts.changed(after);
            AnnotationChanges.between(before, after)
                    .ifPresent(told -> events.warning(PodKey.of(after), "AnnotationIgnored", told));
        }

        @Override
        public void onDelete(Pod pod, boolean finalStateUnknown) {
            registrar.gone(pod);
            openPorts.gone(PodKey.of(pod));
            starts.gone(PodKey.of(pod));
            redirects.gone(PodKey.of(pod));
            events.forget(PodKey.of(pod));
        }
    }

    private final class NodeHandler implements ResourceEventHandler<Node> {
        static boolean isReady(Node node) {
            return node.getStatus().getConditions().stream()
                    .anyMatch(condition -> condition.getType().equals("Ready")
                            && condition.getStatus().equals("True"));
        }

        @Override
        public void onAdd(Node node) {
            registrar.nodeChanged(node.getMetadata().getName());
        }

        @Override
        public void onUpdate(Node before, Node after) {
            if (isReady(before) != isReady(after)) {
                registrar.nodeChanged(after.getMetadata().getName());
            }
        }

        @Override
        public void onDelete(Node node, boolean finalStateUnknown) {
            registrar.nodeChanged(node.getMetadata().getName());
        }
    }
}
