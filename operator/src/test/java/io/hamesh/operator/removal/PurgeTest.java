package io.hamesh.operator.removal;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.consul.CatalogNode;
import io.hamesh.operator.consul.CatalogService;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.InMemoryConsul;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PurgeTest {
    private final InMemoryConsul consul = new InMemoryConsul();
    private final List<String> said = new ArrayList<>();
    private final Purge purge = new Purge(consul, consul, consul, "east", said::add);

    PurgeTest() {
        entry("service-intentions", "api", "east");
        entry("service-defaults", "api", "east");
        entry("service-intentions", "db", "west");
        entry("service-defaults", "web", "");
        node("hamesh-east-a", "east", "east");
        node("hamesh-west-a", "west", "west");
        node("vm-1", "", "");
        claim("api", "east");
        claim("db", "west");
    }

    @Test
    void everythingUnderOurMarkGoesAndNothingElse() {
        assertThat(purge.run()).isTrue();
        assertThat(left())
                .containsExactlyInAnyOrder(
                        "service-intentions db",
                        "service-defaults web",
                        "node hamesh-west-a",
                        "service on hamesh-west-a",
                        "node vm-1",
                        "service on vm-1",
                        "hamesh/claims/db");
    }

    @Test
    void intentionsGoFirstAndClaimsLast() {
        purge.run();
        assertThat(said)
                .containsExactly(
                        "removed service-intentions api",
                        "removed service-defaults api",
                        "removed service app (on hamesh-east-a)",
                        "removed node hamesh-east-a",
                        "removed claim hamesh/claims/api");
    }

    @Test
    void previewRemovesNothing() {
        List<String> before = left();
        assertThat(purge.preview()).isEqualTo(5);
        assertThat(left()).isEqualTo(before);
        assertThat(said).contains("would remove service-intentions api", "would remove node hamesh-east-a");
    }

    @Test
    void nodeWithSomebodyElsesServiceStays() {
        node("hamesh-east-b", "east", "");
        assertThat(purge.run()).isTrue();
        assertThat(left()).contains("node hamesh-east-b", "service on hamesh-east-b");
    }

    @Test
    void whatChangesMeanwhileIsToldAndStays() {
        consul.beforeNextWrite(() -> entry("service-intentions", "api", "east"));
        assertThat(purge.run()).isFalse();
        assertThat(said).contains("changed meanwhile, not removed: service-intentions api");
        assertThat(left()).contains("service-intentions api").doesNotContain("node hamesh-east-a");
    }

    private void entry(String kind, String name, String cluster) {
        consul.force(new ConfigEntry(kind, name, mark(cluster), Map.of(), 0));
    }

    private void claim(String service, String cluster) {
        consul.force(
                "hamesh/claims/" + service,
                "{\"cluster\":\"" + cluster + "\",\"namespaces\":[\"shop\"],\"since\":\"2026-01-01T00:00:00Z\"}");
    }

    /** A node with one service. */
    private void node(String name, String cluster, String serviceOf) {
        consul.force(new CatalogNode(name, "10.0.0.1", mark(cluster), 0));
        consul.force(
                name,
                new CatalogService(
                        "on " + name, "app", "10.0.0.1", 80, List.of(), mark(serviceOf), Optional.empty(), 0));
    }

    /** A cluster's name of "" is nobody's mark. */
    private static Map<String, String> mark(String cluster) {
        return cluster.isEmpty() ? Map.of("managed-by", "somebody") : OwnershipMark.of(cluster);
    }

    private List<String> left() {
        return Stream.of(
                        consul.entries.values().stream().map(entry -> entry.kind() + " " + entry.name()),
                        consul.nodes.keySet().stream().map(node -> "node " + node),
                        consul.services.keySet().stream().map(service -> "service " + service),
                        consul.keys.keySet().stream())
                .flatMap(names -> names)
                .toList();
    }
}
