package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.consul.ConsulGateway;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.openports.OpenPorts;
import io.hamesh.operator.ownership.NamesInMemory;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.hamesh.operator.work.Loop;
import io.hamesh.testbed.RealConsul;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Against a real Consul: what wakes the watches, and what many pods cost ({@code -Dhamesh.pods=1000} for a thousand). */
@EnabledIf("io.hamesh.testbed.RealConsul#exists")
class RealCatalogTest {
    private static final Map<String, String> OURS = OwnershipMark.of("prod");
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int PODS = Integer.getInteger("hamesh.pods", 200);
    private static final int NODES = 10;

    private final Queue<Cause> services = new ConcurrentLinkedQueue<>();
    private final Queue<Cause> checks = new ConcurrentLinkedQueue<>();
    private RealConsul consul;
    private ConsulGateway gateway;
    private TestRegistration registration;
    private CatalogSweep sweep;
    private List<Loop> watches = List.of();

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        consul = new RealConsul(folder);
        consul.start();
        gateway = new ConsulGateway(consul.address(), new SimpleMeterRegistry());
        registration = new TestRegistration(
                gateway,
                new KeptEvents(),
                new NamesInMemory(),
                node -> true,
                new Health().inFlight("registration", Duration.ofMinutes(1)));
        sweep = registration.sweep(node -> true, new SimpleMeterRegistry());
        awaitConsul();
    }

    @AfterEach
    void stop() {
        watches.forEach(Loop::close);
        registration.close();
        consul.close();
    }

    @Test
    void watchesWakeForWhatIsOursAndForALoss() throws IOException {
        registration.changed(pod(0, "a"));
        await().atMost(PATIENCE).until(() -> registration.registered() == 1);
        watch();
        await().until(() -> services.size() == 1 && checks.size() == 1);

        consul.put("/v1/catalog/register", """
                {"Node":"vm","Address":"192.0.2.9","Service":{"Service":"foreign"},
                 "Check":{"Node":"vm","CheckID":"foreign","Name":"foreign","Status":"passing"}}""");
        String id = PodRegistration.of(pod(0, "a"), true, OpenPorts.NONE)
                .orElseThrow()
                .service()
                .id();
        consul.put("/v1/catalog/deregister", """
                {"Node":"hamesh-prod-n0","CheckID":"%s_ready"}""".formatted(id));
        await().until(() -> checks.size() == 2);
        assertThat(checks).as("others' checks are no news").containsExactly(Cause.BACK, Cause.CHANGED);
        consul.put("/v1/catalog/deregister", """
                {"Node":"hamesh-prod-n0","ServiceID":"%s"}""".formatted(id));
        await().until(() -> services.contains(Cause.CHANGED));
        sweep.run(Cause.CHANGED);
        await().until(() -> gateway.services("hamesh-prod-n0").size() == 2);

        services.clear(); // before: the sign may come as soon as Consul answers
        checks.clear();
        consul.loseData();
        consul.start();
        awaitConsul();
        // Either will do, as for the operator: Java's client may reconnect one in silence, to an index that happens to
        // be equal.
        await().atMost(PATIENCE).until(() -> !services.isEmpty() || !checks.isEmpty());
        sweep.run(Cause.BACK);
        await().until(() -> gateway.services("hamesh-prod-n0").size() == 2);
    }

    @Test
    void namesThatConsulKnowsFromOthersAreTold() throws IOException {
        OtherServices others = new OtherServices(gateway, gateway, "prod", true);
        assertThat(others.of("consul")).isPresent();
        assertThat(others.of("db")).isEmpty();
        consul.put("/v1/catalog/register", """
                {"Node":"vm","Address":"192.0.2.9","Service":{"ID":"db-1","Service":"db"}}""");
        assertThat(others.of("db")).contains("instance db-1 on node vm");
        consul.put("/v1/catalog/register", """
                {"Node":"vm","Address":"192.0.2.9","Service":{"ID":"front","Service":"front","Kind":"connect-proxy",
                 "Port":1,"Proxy":{"DestinationServiceName":"ledger"}}}""");
        assertThat(others.of("ledger")).contains("instance front on node vm");
        consul.put("/v1/config", """
                {"Kind":"service-defaults","Name":"planned","Protocol":"http"}""");
        assertThat(others.of("planned")).contains("config entry service-defaults planned");

        registration.changed(pod(0, "a"));
        await().atMost(PATIENCE).until(() -> registration.registered() == 1);
        assertThat(others.of("www")).as("ours").isEmpty();
    }

    @Test
    void redirectOfAnUpstreamIsToldToItsPods() throws IOException {
        KeptEvents events = new KeptEvents();
        TrackedPods pods = new TrackedPods("prod");
        pods.show(pod(0, "a"));
        UpstreamRedirects redirects = new UpstreamRedirects(pods, events);
        watches = List.of(follow(ConfigEntryWatch.of(gateway, ConfigEntry.SERVICE_RESOLVER, redirects)));
        consul.put("/v1/config", """
                {"Kind":"service-resolver","Name":"redis","Redirect":{"Service":"cache"}}""");
        await().until(() -> events.told.size() == 1);
        assertThat(events.told.peek()).contains("UpstreamRedirected", "redirects it to service cache, which");
    }

    @Test
    void manyPodsComeAreReplacedAndOutliveTheLossOfAllData() throws IOException {
        List<Pod> first = pods("a");
        timed(PODS + " pods registered", () -> {
            first.forEach(registration::changed);
            awaitInstances(first);
        });
        timed(PODS + " pods compared", () -> sweep.run(Cause.CHANGED));

        List<Pod> second = pods("b");
        timed(PODS + " pods replaced", () -> {
            IntStream.range(0, PODS).forEach(i -> {
                registration.changed(second.get(i));
                registration.gone(first.get(i));
            });
            awaitInstances(second);
        });

        consul.loseData();
        consul.start();
        awaitConsul();
        timed(PODS + " pods registered anew after the loss of all data", () -> {
            sweep.run(Cause.BACK);
            awaitInstances(second);
        });
    }

    private void awaitInstances(List<Pod> pods) {
        List<String> wanted = pods.stream()
                .flatMap(pod -> PodRegistration.of(pod, true, OpenPorts.NONE).orElseThrow().services().stream())
                .map(service -> service.id())
                .sorted()
                .toList();
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> gateway.nodesWith(OURS).stream()
                .flatMap(node -> gateway.services(node.name()).stream())
                .map(service -> service.id())
                .sorted()
                .toList()
                .equals(wanted));
    }

    private void watch() {
        watches = List.of(
                follow(CatalogWatch.services(gateway, "prod", services::add)),
                follow(CatalogWatch.checks(gateway, "prod", checks::add)));
    }

    private static Loop follow(Loop.Body watch) {
        return new Loop("watch", watch, new Health()).start();
    }

    private void awaitConsul() {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(ConsulException.class)
                .until(gateway::hasLeader);
    }

    private static List<Pod> pods(String life) {
        return IntStream.range(0, PODS).mapToObj(i -> pod(i, life)).toList();
    }

    private static Pod pod(int number, String life) {
        return RegisteredPods.pod("www-" + number, life + "%07d".formatted(number), RegisteredPods.WWW)
                .editSpec()
                .withNodeName("n" + number % NODES)
                .endSpec()
                .build();
    }

    private static void timed(String what, Runnable action) {
        long start = System.nanoTime();
        action.run();
        System.out.printf("[time] %s: %d ms%n", what, (System.nanoTime() - start) / 1_000_000);
    }
}
