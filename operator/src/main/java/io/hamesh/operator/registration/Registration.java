package io.hamesh.operator.registration;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.consul.ConsulGateway;
import io.hamesh.operator.events.KubernetesEvents;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.openports.OpenPortsClient;
import io.hamesh.operator.openports.OpenPortsWatch;
import io.hamesh.operator.ownership.Claimant;
import io.hamesh.operator.ownership.ServiceNames;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.hamesh.operator.work.Loop;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Consul's catalog in step with injected pods and their nodes; for one operator at a time. What its parts are,
 * and the order in which they start and end; no more is decided here.
 */
public final class Registration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);

    /** A pod's calls to Consul end in 20 s each, and there are a dozen without contention: past this, one hangs. */
    private static final Duration LONGEST_WRITE = Duration.ofMinutes(5);

    private final ClusterWatch kubernetes;
    private final TrackedPods pods;
    private final PodController controller;
    private final OpenPortsWatch<TrackedPod> openPorts;
    private final SweepLoop sweeps;
    private final PodHandler podHandler;
    private final List<Loop> loops;

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
        kubernetes = new ClusterWatch(client);
        pods = new TrackedPods(cluster);
        var events = new PodEvents(new KubernetesEvents(client));
        var podNames = new PodNames(names, events);
        var protocols =
                new PodProtocols(new ProtocolDefaults(consul, cluster, InstantSource.system()), pods, podNames, events);
        var wanted = new WantedRegistrations(cluster, podNames, events, kubernetes::nodeIsReady);
        var capacity = new AddedCapacity();
        var writer = new CatalogWriter(consul, new ConsulNodes(consul, cluster));
        var reconciler = new PodReconciler(wanted, podNames, protocols, capacity, writer, events);
        controller =
                new PodController(pods, wanted, capacity, reconciler, health.inFlight("registration", LONGEST_WRITE));
        openPorts = new OpenPortsWatch<>(
                pods::all,
                new OpenPortsClient()::ask,
                (pod, type, reason, message) -> {
                    events.tell(pod, type, reason, message);
                    controller.judgeAgain(pod); // its check may say so
                },
                health);
        var redirects = new UpstreamRedirects(pods, events);
        podHandler = new PodHandler(pods, controller, redirects, events);
        var trigger = new SweepTrigger();
        names.onChange(controller::ownerChanged);
        names.onChange(service -> trigger.fire(Cause.CHANGED)); // what is in Consul for it may have to go
        var marked = new MarkedCatalog(consul, cluster, kubernetes::nodeExists);
        var sweep = new CatalogSweep(marked, pods, wanted, controller, protocols, new DriftMeter(meters));
        sweeps = new SweepLoop(trigger, controller, kubernetes::lives, sweep);
        loops = List.of(
                new Loop("catalog-sweep", sweeps, health),
                new Loop("services-watch", CatalogWatch.services(consul, cluster, trigger::fire), health),
                new Loop("checks-watch", CatalogWatch.checks(consul, cluster, trigger::fire), health),
                new Loop(
                        "service-defaults-watch",
                        CatalogWatch.entries(consul, ConfigEntry.SERVICE_DEFAULTS, trigger::fire),
                        health),
                new Loop(
                        "proxy-defaults-watch",
                        CatalogWatch.entries(consul, ConfigEntry.PROXY_DEFAULTS, trigger::fire),
                        health),
                new Loop(
                        "service-resolver-watch",
                        ConfigEntryWatch.of(consul, ConfigEntry.SERVICE_RESOLVER, redirects),
                        health),
                new Loop("start-watch", new StartWatch(pods, events, InstantSource.system()), health));
    }

    /** Returns once both watches know the present; Consul may be away. */
    public void start() {
        kubernetes.start();
        kubernetes.pods().forEach(pods::show);
        sweeps.first(); // what Consul holds already need not be written again
        kubernetes.tell(new NodeHandler(controller), podHandler);
        loops.forEach(Loop::start);
        openPorts.start();
        LOG.atInfo()
                .addKeyValue("pods", kubernetes.pods().size())
                .addKeyValue("nodes", kubernetes.nodes().size())
                .log("registration started");
    }

    /** The pods of this cluster as what lives on services' names; complete once registration has started. */
    public Map<String, List<Claimant>> claimants() {
        return pods.claimants();
    }

    /** How many pods stand in Consul, as far as we know. */
    public int registered() {
        return pods.registered();
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
        loops.forEach(Loop::beginClose);
        openPorts.close();
        loops.forEach(Loop::close);
        kubernetes.close();
        controller.close();
    }
}
