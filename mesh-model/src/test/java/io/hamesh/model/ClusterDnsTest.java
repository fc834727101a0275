package io.hamesh.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterDnsTest {
    private static final ClusterDns CLUSTER = new ClusterDns(
            List.of("10.96.0.10", "fd00::a"),
            List.of("hamesh-system.svc.cluster.local", "svc.cluster.local", "cluster.local"));

    @Test
    void isWhatTheKubeletWroteWithoutTheNodesOwnDomains() {
        assertThat(ClusterDns.ofPod(List.of(
                        "search hamesh-system.svc.cluster.local svc.cluster.local cluster.local node7.example.org",
                        "nameserver 10.96.0.10",
                        "nameserver fd00::a",
                        "options ndots:5")))
                .contains(CLUSTER);
    }

    @Test
    void dnsOfANodeIsNoClusters() {
        assertThat(ClusterDns.ofPod(List.of("search example.org", "nameserver 192.0.2.53")))
                .isEmpty();
        assertThat(ClusterDns.ofPod(List.of())).isEmpty();
    }

    @Test
    void survivesTheWayThroughAVariable() {
        assertThat(ClusterDns.parse(CLUSTER.format())).isEqualTo(CLUSTER);
        ClusterDns bare = new ClusterDns(List.of("10.96.0.10"), List.of());
        assertThat(ClusterDns.parse(bare.format())).isEqualTo(bare);
    }

    @Test
    void malformedOneIsNamed() {
        assertThatThrownBy(() -> ClusterDns.parse("dns.example.org"))
                .hasMessageStartingWith("hamesh.cluster-dns=dns.example.org: expected \"ADDRESS[,ADDRESS]");
        assertThatThrownBy(() -> ClusterDns.parse("10.96.0.10 a b")).hasMessageStartingWith("hamesh.cluster-dns=");
    }

    @Test
    void nameIsLookedUpInEachDomainAndThenAsItIs() {
        assertThat(CLUSTER.candidates("consul.mesh"))
                .containsExactly(
                        "consul.mesh.hamesh-system.svc.cluster.local",
                        "consul.mesh.svc.cluster.local",
                        "consul.mesh.cluster.local",
                        "consul.mesh");
        assertThat(CLUSTER.candidates("consul.example.org.")).containsExactly("consul.example.org");
    }
}
