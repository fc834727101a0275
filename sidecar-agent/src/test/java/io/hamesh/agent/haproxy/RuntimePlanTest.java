package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.haproxy.RuntimeCommand.AddServer;
import io.hamesh.agent.haproxy.RuntimeCommand.CloseDenied;
import io.hamesh.agent.haproxy.RuntimeCommand.RemoveServer;
import io.hamesh.agent.haproxy.RuntimeCommand.ReplaceLeaf;
import io.hamesh.agent.haproxy.RuntimeCommand.ReplacePolicy;
import io.hamesh.agent.haproxy.RuntimeCommand.ReplaceRoots;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.agent.snapshot.UpstreamState;
import io.hamesh.model.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RuntimePlanTest {
    private static final Endpoint ONE = new Endpoint("10.244.0.1", 20000);
    private static final Endpoint TWO = new Endpoint("10.244.0.2", 20000);

    @Test
    void applyingThePlanGivesTheWantedState() {
        Random random = new Random(5995);
        for (int i = 0; i < 2000; i++) {
            MeshSnapshot applied = any(random);
            MeshSnapshot wanted = any(random);
            assertThat(after(applied, commands(applied, wanted))).isEqualTo(wanted);
            assertThat(commands(wanted, wanted)).isEmpty();
        }
    }

    @Test
    void capacityComesBeforeItGoesAndRootsBeforeTheLeafTheySigned() {
        MeshSnapshot applied = Snapshots.of("www")
                .allow("a")
                .calling("redis", 6379, Protocol.TCP, ONE)
                .build();
        MeshSnapshot wanted = Snapshots.of("www")
                .roots("new root\n")
                .leaf("new leaf\n", "new key\n")
                .calling("redis", 6379, Protocol.TCP, TWO)
                .build();
        UpstreamState redis = wanted.upstreams().getFirst();
        assertThat(commands(applied, wanted))
                .containsExactly(
                        new ReplacePolicy(applied.policy(), wanted.policy()),
                        new ReplaceRoots(wanted.roots()),
                        new ReplaceLeaf(wanted.leaf()),
                        new AddServer(redis, TWO),
                        new RemoveServer(redis, ONE),
                        new CloseDenied(wanted.policy()));
    }

    /** The answer is part of the configuration; over TCP there is none. */
    @Test
    void redirectReloadsWhereItIsTold() {
        MeshSnapshot http =
                Snapshots.of("www").calling("api", 9000, Protocol.HTTP).build();
        MeshSnapshot redirected = Snapshots.of("www")
                .calling("api", 9000, Protocol.HTTP)
                .redirectedTo("api-v2")
                .build();
        MeshSnapshot tcp =
                Snapshots.of("www").calling("api", 9000, Protocol.TCP).build();
        MeshSnapshot silent = Snapshots.of("www")
                .calling("api", 9000, Protocol.TCP)
                .redirectedTo("api-v2")
                .build();
        assertThat(RuntimePlan.between(http, redirected))
                .isEqualTo(new RuntimePlan.Reload("what callers of api are told about its redirect changed"));
        assertThat(commands(tcp, silent)).isEmpty();
    }

    @Test
    void onlyStructureReloads() {
        MeshSnapshot applied =
                Snapshots.of("www").calling("api", 9000, Protocol.TCP).build();
        MeshSnapshot http =
                Snapshots.of("www").calling("api", 9000, Protocol.HTTP).build();
        MeshSnapshot more = Snapshots.of("www")
                .calling("api", 9000, Protocol.TCP)
                .calling("b", 9001, Protocol.TCP)
                .build();
        MeshSnapshot other = Snapshots.of("www")
                .at(true, "10.244.0.7")
                .calling("api", 9000, Protocol.TCP)
                .build();

        assertThat(RuntimePlan.between(applied, http))
                .isEqualTo(new RuntimePlan.Reload("the protocol of api changed from tcp to http"));
        assertThat(RuntimePlan.between(applied, more))
                .isEqualTo(new RuntimePlan.Reload("the list of upstreams changed"));
        assertThat(RuntimePlan.between(applied, other))
                .isEqualTo(new RuntimePlan.Reload("the pod's addresses changed"));
    }

    @Test
    void whatNoLineRefersToNeedsNoCommand() {
        MeshSnapshot applied = Snapshots.of("cron").clientOnly().build();
        MeshSnapshot wanted = Snapshots.of("cron")
                .clientOnly()
                .roots("r\n")
                .leaf("l\n", "k\n")
                .allow("x")
                .build();
        assertThat(commands(applied, wanted)).isEmpty();
    }

    private static List<RuntimeCommand> commands(MeshSnapshot applied, MeshSnapshot wanted) {
        return ((RuntimePlan.Commands) RuntimePlan.between(applied, wanted)).commands();
    }

    private static MeshSnapshot any(Random random) {
        Snapshots snapshot = Snapshots.of("www").roots("root " + random.nextInt(3));
        snapshot.leaf("leaf " + random.nextInt(3), "key");
        for (String source : List.of("*", "a", "b", "c")) {
            switch (random.nextInt(3)) {
                case 0 -> snapshot.allow(source);
                case 1 -> snapshot.deny(source);
                default -> {}
            }
        }
        return snapshot.calling("redis", 6379, Protocol.TCP, endpoints(random))
                .calling("api", 9000, Protocol.HTTP, endpoints(random))
                .build();
    }

    private static Endpoint[] endpoints(Random random) {
        return random.ints(random.nextInt(4), 1, 6)
                .mapToObj(i -> new Endpoint("10.244.0." + i, 20000))
                .toArray(Endpoint[]::new);
    }

    /** What HAProxy would run after the commands: the model of the applier. */
    private static MeshSnapshot after(MeshSnapshot state, List<RuntimeCommand> commands) {
        MeshSnapshot now = state;
        for (RuntimeCommand command : commands) {
            now = switch (command) {
                case ReplacePolicy c ->
                    new MeshSnapshot(now.service(), now.pod(), now.leaf(), now.roots(), c.policy(), now.upstreams());
                case ReplaceRoots c ->
                    new MeshSnapshot(now.service(), now.pod(), now.leaf(), c.roots(), now.policy(), now.upstreams());
                case ReplaceLeaf c ->
                    new MeshSnapshot(now.service(), now.pod(), c.leaf(), now.roots(), now.policy(), now.upstreams());
                case AddServer c -> endpoints(now, c.upstream(), c.endpoint(), true);
                case RemoveServer c -> endpoints(now, c.upstream(), c.endpoint(), false);
                case CloseDenied c -> {
                    assertThat(now.policy()).as("judged before the cut").isEqualTo(c.policy());
                    yield now;
                }
            };
        }
        return now;
    }

    private static MeshSnapshot endpoints(MeshSnapshot now, UpstreamState at, Endpoint endpoint, boolean add) {
        List<UpstreamState> upstreams = now.upstreams().stream()
                .map(state -> {
                    if (!state.upstream().equals(at.upstream())) {
                        return state;
                    }
                    List<Endpoint> endpoints = new ArrayList<>(state.endpoints());
                    assertThat(
                                    add
                                            ? endpoints.add(endpoint)
                                                    && !state.endpoints().contains(endpoint)
                                            : endpoints.remove(endpoint))
                            .isTrue();
                    return new UpstreamState(state.upstream(), state.protocol(), state.identity(), endpoints);
                })
                .toList();
        return new MeshSnapshot(now.service(), now.pod(), now.leaf(), now.roots(), now.policy(), upstreams);
    }
}
