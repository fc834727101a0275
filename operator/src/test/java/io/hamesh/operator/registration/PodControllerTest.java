package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.operator.consul.CatalogCheck.Status;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.consul.TxnOperation;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.openports.OpenPorts;
import io.hamesh.operator.openports.PodPorts;
import io.hamesh.operator.ownership.Claimant;
import io.hamesh.operator.ownership.NamesInMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PodControllerTest {
    private static final String WWW_ID = "prod_shop_www-1_01234567_www";
    private static final String PROXY_ID = WWW_ID + "_sidecar-proxy";

    private final Health health = new Health();
    private final InMemoryConsul consul = new InMemoryConsul();
    private final KeptEvents kept = new KeptEvents();
    private final Queue<String> events = kept.told;
    private final AtomicBoolean nodeReady = new AtomicBoolean(true);
    private final NamesInMemory names = new NamesInMemory();
    private final TestRegistration registration = new TestRegistration(
            consul, kept, names, node -> nodeReady.get(), health.inFlight("registration", Duration.ofMillis(1)));

    @AfterEach
    void close() {
        registration.close();
    }

    @Test
    void readyPodIsWrittenInOneTransactionAndPasses() {
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> registration.registered() == 1);
        assertThat(consul.commits).hasSize(1);
        assertThat(consul.services).containsOnlyKeys(WWW_ID, PROXY_ID);
        assertThat(consul.checks.values()).hasSize(2).allMatch(check -> check.status() == Status.PASSING);
        assertThat(events).containsExactly("Registered");
    }

    @Test
    void checkIsWrittenAnewWhenItsReasonBecomesKnown() {
        ServiceSettings strict = ServiceSettings.named("www")
                .port(OptionalInt.of(8080))
                .requireLoopback(true)
                .build();
        Pod unready = RegisteredPods.withReadiness(strict, "hamesh-haproxy", false);
        registration.changed(unready);
        await().until(() -> registration.registered() == 1);
        TrackedPod tracked = registration.pods.find(PodKey.of(unready)).orElseThrow();
        tracked.ports().asked(Optional.of(new PodPorts.Target("10.1.0.7", false, true)));
        assertThat(tracked.ports().said(new OpenPorts(new TreeSet<>(List.of(9090)))))
                .isTrue();
        registration.controller.judgeAgain(tracked);
        await().until(() -> consul.checks.values().stream()
                .allMatch(check -> check.output().endsWith("port 9090 is open beyond loopback")));
    }

    @Test
    void copyForDebuggingIsNotRegisteredAndSaysSo() {
        registration.changed(RegisteredPods.injectedAs("www-1", "www-1"));
        await().until(() -> registration.registered() == 1);
        registration.changed(RegisteredPods.injectedAs("www-1-debug", "www-1"));
        await().until(() -> events.stream().anyMatch(event -> event.startsWith("NotRegistered: a copy of pod www-1,")));
        registration.changed(RegisteredPods.injectedAs("www-2", "www-2"));
        await().until(() -> registration.registered() == 2);
        assertThat(consul.services.keySet())
                .noneMatch(id -> id.contains("debug"))
                .hasSize(4);
    }

    /** A backup keeps the name that was made up, and not what it was made from; then the ReplicaSet takes the pod back. */
    @Test
    void podRestoredFromABackupIsNoCopy() {
        Pod restored = RegisteredPods.injectedAs("www-7d9f-abcde", "www-7d9f-*");
        registration.changed(restored);
        await().until(() -> events.stream().anyMatch(event -> event.startsWith("NotRegistered:")));
        registration.changed(new PodBuilder(restored)
                .editMetadata()
                .addNewOwnerReference()
                .withKind("ReplicaSet")
                .withName("www-7d9f")
                .withController(true)
                .endOwnerReference()
                .endMetadata()
                .build());
        await().until(() -> registration.registered() == 1);
    }

    @Test
    void writeThatHangsIsToldToTheProbes() {
        CountDownLatch answered = new CountDownLatch(1);
        consul.beforeCommit(operations -> awaitUninterrupted(answered));
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> !health.wedged().isEmpty());
        assertThat(health.wedged()).singleElement().asString().startsWith("registration: stuck on shop/www-1 for ");
        answered.countDown();
        await().until(() -> health.wedged().isEmpty());
        assertThat(registration.registered()).isEqualTo(1);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void deletionTimestampDeregistersAtOnce() {
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> registration.registered() == 1);
        registration.changed(PodRegistrationTest.going());
        await().until(consul.services::isEmpty);
        assertThat(consul.checks).isEmpty();
    }

    @Test
    void successorIsInConsulBeforeItsPredecessorLeaves() {
        registration.changed(
                RegisteredPods.pod("www-1", "aaaaaaaa-1", RegisteredPods.WWW).build());
        await().until(() -> registration.registered() == 1);
        CountDownLatch leaving = new CountDownLatch(1);
        consul.beforeCommit(operations -> {
            if (operations.getFirst() instanceof TxnOperation.RemoveService) {
                leaving.countDown();
            } else {
                awaitAtMost(leaving, Duration.ofMillis(300)); // time enough to overtake
            }
        });
        registration.changed(
                RegisteredPods.pod("www-2", "bbbbbbbb-2", RegisteredPods.WWW).build());
        registration.changed(RegisteredPods.pod("www-1", "aaaaaaaa-1", RegisteredPods.WWW)
                .editMetadata()
                .withDeletionTimestamp("2026-11-28T00:00:00Z")
                .endMetadata()
                .build());
        await().until(() -> consul.services.keySet().stream().noneMatch(id -> id.contains("_aaaaaaaa_")));
        assertThat(consul.commits).hasSize(3);
        assertThat(consul.commits.getLast()).allMatch(TxnOperation.RemoveService.class::isInstance);
    }

    private static void awaitAtMost(CountDownLatch latch, Duration patience) {
        try {
            assertThat(latch.await(patience.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void lateEndOfAnOldPodLeavesItsSuccessorOfTheSameName() {
        Pod old = RegisteredPods.pod("www-1", "aaaaaaaa-1", RegisteredPods.WWW).build();
        Pod successor =
                RegisteredPods.pod("www-1", "bbbbbbbb-2", RegisteredPods.WWW).build();
        registration.changed(old);
        registration.changed(successor);
        await().until(() -> registration.registered() == 2);
        registration.gone(old);
        await().until(() -> registration.registered() == 1);
        assertThat(consul.services.keySet()).allMatch(id -> id.contains("_bbbbbbbb_"));
    }

    @Test
    void podsOfOneNewNodeDoNotLoseToEachOther() {
        for (int i = 0; i < 40; i++) {
            registration.changed(RegisteredPods.pod("www-" + i, "uid-0000" + i, RegisteredPods.WWW)
                    .build());
        }
        await().until(() -> registration.registered() == 40);
        assertThat(consul.services).hasSize(80);
        assertThat(events).hasSize(40).containsOnly("Registered");
    }

    @Test
    void nodeThatSomebodyElseWroteIsNeverTakenOver() {
        CatalogNode foreign = new CatalogNode("hamesh-prod-n1", "198.51.100.1", Map.of(), 7);
        consul.nodes.put(foreign.name(), foreign);
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> !events.isEmpty());
        assertThat(events.peek()).startsWith("NotRegistered: Consul already has a node hamesh-prod-n1");
        assertThat(consul.nodes).containsValue(foreign);
        assertThat(consul.services).isEmpty();
    }

    @Test
    void podOfAnotherInstallationIsLeftToIt() {
        Pod other = RegisteredPods.pod("www-1", "uid-1", RegisteredPods.WWW)
                .editSpec()
                .editMatchingInitContainer(container -> container.getName().equals("hamesh-agent"))
                .editMatchingEnv(variable -> variable.getName().equals("hamesh.cluster"))
                .withValue("staging")
                .endEnv()
                .endInitContainer()
                .endSpec()
                .build();
        registration.changed(other);
        await().until(() -> !events.isEmpty());
        assertThat(events.peek()).startsWith("NotRegistered: injected for the cluster.name staging, and this operator");
        assertThat(consul.commits).isEmpty();
    }

    @Test
    void registrationWaitsForConsulAndSaysSoOnce() {
        consul.setAway(true);
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> consul.failures() > 1);
        consul.setAway(false);
        await().until(() -> events.contains("Registered"));
        assertThat(events)
                .containsExactly(
                        "RegistrationWaits: Consul does not have this pod as it is now, tried again until it has: away",
                        "Registered");
    }

    @Test
    void changeThatWaitedIsToldWhenConsulHasIt() {
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> registration.registered() == 1);
        consul.setAway(true);
        nodeReady.set(false);
        registration.controller.nodeChanged("n1");
        await().until(() -> consul.failures() > 0);
        consul.setAway(false);
        await().until(() -> events.size() == 3);
        assertThat(events).element(1).asString().startsWith("RegistrationWaits: ");
        assertThat(events).last().isEqualTo("Registered");
    }

    @Test
    void podWhoseProtocolConsulRefusesIsRegisteredAndTold() {
        consul.refuseEntries("discovery chain \"www\" does not permit tcp");
        registration.changed(RegisteredPods.pod("www-1", "uid-1", RegisteredPods.speaking(Protocol.HTTP))
                .build());
        await().until(() -> registration.registered() == 1);
        assertThat(events)
                .first()
                .asString()
                .startsWith(
                        "ProtocolNotDeclared: Consul refused protocol http in service-defaults www, so callers go on"
                                + " with what stands there: discovery chain \"www\" does not permit tcp. Give the pod");
        assertThat(consul.entries).isEmpty();
    }

    @Test
    void nodeThatStopsBeingReadyFailsItsPods() {
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> registration.registered() == 1);
        nodeReady.set(false);
        registration.controller.nodeChanged("n1");
        await().until(() -> consul.checks.values().stream().allMatch(check -> check.status() == Status.CRITICAL));
    }

    @Test
    void protocolIsDeclaredAndAForeignDeclarationStands() {
        registration.changed(RegisteredPods.pod("www-1", "uid-1", RegisteredPods.speaking(Protocol.HTTP))
                .build());
        await().until(() -> registration.registered() == 1);
        assertThat(consul.get(ConfigEntry.SERVICE_DEFAULTS, "www").map(ConfigEntry::fields))
                .isEqualTo(Optional.of(Map.of("Protocol", "http")));
    }

    @Test
    void foreignProtocolStandsAndIsTold() {
        ConfigEntry foreign = new ConfigEntry(
                ConfigEntry.SERVICE_DEFAULTS,
                "www",
                Map.of(),
                Map.of("Protocol", "grpc", "MaxInboundConnections", 5),
                3);
        consul.entries.put("service-defaults/www", foreign);
        registration.changed(RegisteredPods.pod("www-1", "uid-1", RegisteredPods.speaking(Protocol.HTTP))
                .build());
        await().until(() -> registration.registered() == 1);
        assertThat(consul.entries).containsValue(foreign);
        assertThat(events)
                .contains("ProtocolDiffers: service-defaults www in Consul says protocol grpc, the pod says http:"
                        + " Consul's stands; change one of them");
    }

    @Test
    void protocolChangesOnceAllLivingPodsSayTheNewOne() {
        Pod first = RegisteredPods.pod("www-1", "aaaaaaaa-1", RegisteredPods.speaking(Protocol.HTTP))
                .build();
        registration.changed(first);
        await().until(() -> registration.registered() == 1);
        registration.changed(RegisteredPods.pod("www-2", "bbbbbbbb-2", RegisteredPods.speaking(Protocol.TCP))
                .build());
        await().until(() -> registration.registered() == 2);
        assertThat(consul.protocol("www")).isEqualTo("http");
        assertThat(events)
                .contains("ProtocolWaits: the pod says protocol tcp, callers of www go on with http: that changes once"
                        + " all living pods of www say tcp; others say http");

        registration.gone(first);
        await().until(() -> consul.protocol("www").equals("tcp"));
    }

    @Test
    void firstDeclarationNeedsAllPodsToo() {
        registration.changed(RegisteredPods.pod("www-1", "aaaaaaaa-1", RegisteredPods.speaking(Protocol.TCP))
                .build());
        await().until(() -> registration.registered() == 1);
        registration.changed(RegisteredPods.pod("www-2", "bbbbbbbb-2", RegisteredPods.speaking(Protocol.HTTP))
                .build());
        await().until(() -> registration.registered() == 2);
        assertThat(consul.entries).isEmpty();
        assertThat(events).anyMatch(event -> event.startsWith("ProtocolWaits: the pod says protocol http"));
    }

    @Test
    void copyForDebuggingHasNoSayInTheProtocol() {
        registration.changed(RegisteredPods.injectedAs("www-1-debug", "www-1"));
        registration.changed(RegisteredPods.pod("www-1", "aaaaaaaa-1", RegisteredPods.speaking(Protocol.HTTP))
                .build());
        await().until(() -> registration.registered() == 1);
        await().until(() -> consul.protocol("www").equals("http"));
    }

    @Test
    void podWhoseNameIsAnothersIsToldAndNotRegistered() {
        names.give("www", "bank");
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> !events.isEmpty());
        assertThat(events.peek())
                .startsWith("ServiceNameNotOwned: not in Consul as this service: \"www\" belongs to namespace bank:"
                        + " choose another name");
        assertThat(consul.commits).isEmpty();
    }

    @Test
    void nameThatChangesHandsMovesItsPodsOutAndIn() {
        names.onChange(registration.controller::ownerChanged);
        registration.changed(RegisteredPods.ready().build());
        await().until(() -> registration.registered() == 1);
        names.give("www", "bank");
        await().until(consul.services::isEmpty);
        names.give("www", "shop");
        await().until(() -> registration.registered() == 1);
    }

    @Test
    void clientHasItsNameThoughItIsRegisteredNowhere() {
        ServiceSettings client = ServiceSettings.named("job").build();
        registration.changed(RegisteredPods.pod("job-1", "uid-1", client).build());
        await().until(() -> names.refusal("job", "bank").isPresent());
        assertThat(names.refusal("job", "shop")).isEmpty();
        assertThat(registration.pods.claimants().get("job"))
                .containsExactly(new Claimant("shop", Instant.parse("2026-01-01T00:00:00Z")));
    }
}
