package io.hamesh.operator.removal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PurgeTest {
    private final MarkedConsul consul = new MarkedConsul();
    private final List<String> said = new ArrayList<>();
    private final Purge purge = new Purge(consul, consul, consul, "east", said::add);

    PurgeTest() {
        consul.entry("service-intentions", "api", "east");
        consul.entry("service-defaults", "api", "east");
        consul.entry("service-intentions", "db", "west");
        consul.entry("service-defaults", "web", "");
        consul.node("hamesh-east-a", "east", "east");
        consul.node("hamesh-west-a", "west", "west");
        consul.node("vm-1", "", "");
        consul.claim("api", "east");
        consul.claim("db", "west");
    }

    @Test
    void everythingUnderOurMarkGoesAndNothingElse() {
        assertThat(purge.run()).isTrue();
        assertThat(consul.left())
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
        List<String> before = consul.left();
        assertThat(purge.preview()).isEqualTo(5);
        assertThat(consul.left()).isEqualTo(before);
        assertThat(said).contains("would remove service-intentions api", "would remove node hamesh-east-a");
    }

    @Test
    void nodeWithSomebodyElsesServiceStays() {
        consul.node("hamesh-east-b", "east", "");
        assertThat(purge.run()).isTrue();
        assertThat(consul.left()).contains("node hamesh-east-b", "service on hamesh-east-b");
    }

    @Test
    void whatChangesMeanwhileIsToldAndStays() {
        consul.changeBeforeDelete("service-intentions api");
        assertThat(purge.run()).isFalse();
        assertThat(said).contains("changed meanwhile, not removed: service-intentions api");
        assertThat(consul.left()).contains("service-intentions api").doesNotContain("node hamesh-east-a");
    }
}
