package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code templates/NOTES.txt}: what a person reads after {@code helm install}. */
class NotesTest {

    @Test
    void tellsHowToWaitAndWhatToDoNext() {
        assertThat(Chart.notes(Chart.EXTERNAL))
                .contains(
                        "Consul at http://consul.example.org:8500",
                        "kubectl -n mesh rollout status deployment/hamesh-operator",
                        "hamesh.io/inject: \"true\"",
                        "kubectl explain serviceintention.spec",
                        "Where no intention matches: deny.")
                .doesNotContain("hamesh-consul");
    }

    @Test
    void tellsTheDefaultInForce() {
        assertThat(Chart.notes(Chart.EXTERNAL, "intentions.default=allow")).contains("no intention matches: allow.");
        assertThat(Chart.notes(Chart.EXTERNAL, "intentions.default=none"))
                .contains("no intention matches: what Consul itself is set to.");
    }

    @Test
    void tellsWhatAnEmbeddedConsulIsGoodFor() {
        assertThat(Chart.notes(Chart.EMBEDDED))
                .contains(
                        "one server, no ACLs",
                        "for trying out:\nits data ends with its pod",
                        "kubectl -n mesh rollout status statefulset/hamesh-consul",
                        "8500/ui");
        assertThat(Chart.notes(Chart.EMBEDDED, "consul.embedded.servers=3"))
                .contains("three servers, no ACLs", "one at a time may be lost");
    }

    @Test
    void tellsWhereAnEmbeddedConsulKeepsItsData() {
        String volume = "consul.embedded.storage.enabled=true";
        assertThat(Chart.notes(Chart.EMBEDDED, volume)).contains("on a volume.").doesNotContain("trying out");
        assertThat(Chart.notes(Chart.EMBEDDED, volume, "consul.embedded.servers=3"))
                .contains("on a volume each.");
    }
}
