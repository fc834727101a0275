package io.hamesh.testbed.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeFilesTest {
    @Test
    void placeholdersAreFilledWhereverTheyStand() {
        assertThat(NodeFiles.fill("a: @STATE@/x, @STATE@, @OTHER@", Map.of("STATE", "/s", "OTHER", "o")))
                .isEqualTo("a: /s/x, /s, o");
    }

    @Test
    void kubeletKeepsImagesThatNoRegistryBringsBack() {
        assertThat(NodeFiles.resource("kubelet.yaml")).contains("imageGCHighThresholdPercent: 100");
    }

    @Test
    void scriptsQuoteWhatAShellWouldRead() {
        var component = new Components.Component("x", false, List.of("/bin/x", "--path=/a b/it's"));
        assertThat(component.script()).isEqualTo("exec '/bin/x' '--path=/a b/it'\\''s'\n");
    }

    @Test
    void dnsQuestionIsEncodedAsTheStandardSays() {
        assertThat(DnsProbe.question("ab.c"))
                .containsExactly(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2, 'a', 'b', 1, 'c', 0, 0, 1, 0, 1);
    }
}
