package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.CatalogCheck;
import io.hamesh.operator.consul.CatalogCheck.Status;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.events.EventRecorder;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.ownership.NamesInMemory;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CatalogSweepTest {
    private static final String WWW_ID = "prod_shop_www-1_01234567_www";
    private static final String PROXY_ID = WWW_ID + "_sidecar-proxy";
    private static final Map<String, String> OURS = Map.of("managed-by", "hamesh", "hamesh-cluster", "prod");

    private final InMemoryConsul consul = new InMemoryConsul();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final NamesInMemory names = new NamesInMemory();
    private final TestRegistration registration = registration();
    private final CatalogSweep sweep = registration.sweep("n1"::equals, meters);

    @AfterEach
    void close() {
        registration.close();
    }

    @Test
    void straysUnderOurMarkGoAndNothingElse() {
        register(RegisteredPods.ready().build());
        consul.force("hamesh-prod-n1", service("stray", OURS));
        consul.force("hamesh-prod-n1", service("other-cluster", Map.of("managed-by", "hamesh", "hamesh-cluster", "x")));
        consul.force("hamesh-prod-n1", service("by-hand", Map.of()));
        sweep.run(Cause.CHANGED);
        assertThat(consul.services).containsOnlyKeys(WWW_ID, PROXY_ID, "other-cluster", "by-hand");
        assertThat(drift("stray")).isEqualTo(1);
    }

    @Test
    void whatSomebodyRemovedComesBackAndIsCounted() {
        register(RegisteredPods.ready().build());
        consul.services.remove(WWW_ID);
        sweep.run(Cause.CHANGED);
        await().until(() -> consul.services.containsKey(WWW_ID));
        assertThat(drift("registration")).isEqualTo(1);
    }

    @Test
    void changedCheckIsPutRightAndCounted() {
        register(RegisteredPods.ready().build());
        CatalogCheck check = consul.checks.values().iterator().next();
        consul.checks.put(
                check.id(),
                new CatalogCheck(
                        check.id(), check.name(), check.serviceId(), check.serviceName(), Status.CRITICAL, "by hand"));
        sweep.run(Cause.CHANGED);
        await().until(() -> consul.checks.get(check.id()).status() == Status.PASSING);
        assertThat(drift("registration")).isEqualTo(1);
    }

    @Test
    void protocolThatSomebodyRemovedIsDeclaredAgainAndCounted() {
        register(RegisteredPods.pod("www-1", "uid-1", RegisteredPods.speaking(Protocol.HTTP))
                .build());
        consul.entries.clear();
        sweep.run(Cause.CHANGED);
        assertThat(consul.protocol("www")).isEqualTo("http");
        assertThat(drift("protocol")).isEqualTo(1);
    }

    @Test
    void protocolOfSilentPodsIsWrittenOnceProxyDefaultsSaysAnother() {
        register(RegisteredPods.ready().build());
        assertThat(consul.entries).isEmpty();
        consul.force(new ConfigEntry(
                ConfigEntry.PROXY_DEFAULTS,
                ConfigEntry.GLOBAL,
                Map.of(),
                Map.of("Config", Map.of("protocol", "http")),
                0));
        sweep.run(Cause.CHANGED);
        assertThat(consul.protocol("www")).isEqualTo("tcp");
        assertThat(drift("protocol")).isZero();
    }

    @Test
    void protocolThatHalfOfTheServicesPodsSpeakIsLeftAlone() {
        register(RegisteredPods.pod("www-1", "uid-1", RegisteredPods.speaking(Protocol.HTTP))
                .build());
        register(RegisteredPods.pod("www-2", "uid-2", RegisteredPods.speaking(Protocol.GRPC))
                .build());
        sweep.run(Cause.CHANGED);
        assertThat(consul.protocol("www")).as("the one that was first").isEqualTo("http");
        assertThat(drift("protocol")).isZero();
    }

    @Test
    void protocolEndsWithTheServicesClaimAndOthersEntriesStay() {
        Pod pod = RegisteredPods.pod("www-1", "uid-1", RegisteredPods.speaking(Protocol.HTTP))
                .build();
        register(pod);
        consul.force(new ConfigEntry(ConfigEntry.SERVICE_DEFAULTS, "theirs", Map.of(), Map.of("Protocol", "http"), 0));
        sweep.run(Cause.CHANGED);
        assertThat(consul.entries).as("it lives").hasSize(2);
        registration.gone(pod);
        await().until(() -> registration.registered() == 0);
        sweep.run(Cause.CHANGED);
        assertThat(consul.entries).as("its claim is kept").hasSize(2);
        names.release("www");
        consul.refuseEntries("a router needs it");
        sweep.run(Cause.CHANGED);
        assertThat(consul.entries).as("Consul does not let it go").hasSize(2);
        consul.refuseEntries("");
        sweep.run(Cause.CHANGED);
        assertThat(consul.entries).containsOnlyKeys("service-defaults/theirs");
    }

    @Test
    void protocolOfALivingServiceStaysThoughItsClaimIsMissing() {
        register(RegisteredPods.pod("www-1", "uid-1", RegisteredPods.speaking(Protocol.HTTP))
                .build());
        names.release("www");
        sweep.run(Cause.CHANGED);
        assertThat(consul.entries).containsKey("service-defaults/www");
    }

    @Test
    void whatIsAsItShouldBeIsNotWrittenAgain() {
        register(RegisteredPods.ready().build());
        sweep.run(Cause.CHANGED);
        sweep.run(Cause.TIME);
        assertThat(consul.commits).hasSize(1);
        assertThat(drift("registration") + drift("stray")).isZero();
    }

    @Test
    void whatIsUndoneAgainAndAgainIsPutRightEachTime() {
        register(RegisteredPods.ready().build());
        for (int i = 0; i < 10; i++) {
            consul.services.remove(WWW_ID);
            sweep.run(Cause.CHANGED);
            await().until(() -> consul.services.containsKey(WWW_ID) && registration.registered() == 1);
        }
        assertThat(drift("registration")).isEqualTo(10);
    }

    @Test
    void lostDataAreWrittenAnewAndAreNoDrift() {
        register(RegisteredPods.pod("www-1", "uid-1", RegisteredPods.speaking(Protocol.HTTP))
                .build());
        consul.loseData();
        sweep.run(Cause.BACK);
        await().until(() -> consul.services.size() == 2);
        assertThat(consul.entries).containsKey("service-defaults/www");
        assertThat(drift("registration") + drift("stray")).isZero();
    }

    @Test
    void olderDataThatCameBackArePutRight() {
        register(RegisteredPods.ready().build());
        consul.force("hamesh-prod-n1", service("of-a-pod-long-gone", OURS));
        consul.services.remove(PROXY_ID);
        sweep.run(Cause.BACK);
        await().until(() -> consul.services.containsKey(PROXY_ID));
        assertThat(consul.services).containsOnlyKeys(WWW_ID, PROXY_ID);
        assertThat(drift("registration") + drift("stray")).isZero();
    }

    @Test
    void operatorThatStartsAnewWritesNothingThatIsThere() {
        register(RegisteredPods.ready().build());
        try (TestRegistration next = registration()) {
            next.pods.show(RegisteredPods.ready().build());
            next.sweep("n1"::equals, meters).run(Cause.BACK);
            assertThat(next.registered()).isEqualTo(1);
            assertThat(consul.commits).hasSize(1);
        }
    }

    @Test
    void operatorThatStartsAnewPutsRightWhatHappenedMeanwhile() {
        Pod gone = RegisteredPods.pod("www-1", "aaaaaaaa-1", RegisteredPods.WWW).build();
        Pod stayed =
                RegisteredPods.pod("www-2", "bbbbbbbb-2", RegisteredPods.WWW).build();
        Pod came = RegisteredPods.pod("www-1", "cccccccc-3", RegisteredPods.WWW).build();
        register(gone);
        register(stayed);
        try (TestRegistration next = registration()) {
            next.pods.show(stayed);
            next.pods.show(came);
            next.sweep("n1"::equals, meters).run(Cause.BACK);
            await().until(() -> next.registered() == 2);
        }
        assertThat(consul.services).hasSize(4);
        assertThat(consul.services.keySet()).noneMatch(id -> id.contains("_aaaaaaaa_"));
        assertThat(drift("stray")).isZero();
    }

    @Test
    void nodeThatLeftKubernetesLeavesConsulOnceEmpty() {
        CatalogNode left = new CatalogNode(
                "hamesh-prod-n2",
                "192.0.2.2",
                Map.of("managed-by", "hamesh", "hamesh-cluster", "prod", "k8s-node", "n2"),
                3);
        consul.nodes.put(left.name(), left);
        sweep.run(Cause.TIME);
        assertThat(consul.nodes).isEmpty();
    }

    private void register(Pod pod) {
        int before = registration.registered();
        registration.changed(pod);
        await().until(() -> registration.registered() == before + 1);
    }

    private double drift(String kind) {
        return meters.get("hamesh.catalog.drift.repaired")
                .tag("kind", kind)
                .counter()
                .count();
    }

    private TestRegistration registration() {
        var events = new PodEvents((about, type, reason, message) -> {
            if (type == EventRecorder.Type.WARNING) {
                assertThat(reason).as(message).isEqualTo("ProtocolWaits");
            }
        });
        return new TestRegistration(
                consul, events, names, node -> true, new Health().inFlight("registration", Duration.ofMinutes(1)));
    }

    private static CatalogService service(String id, Map<String, String> meta) {
        return new CatalogService(id, "any", "10.0.0.1", 80, List.of(), meta, Optional.empty(), 0);
    }
}
