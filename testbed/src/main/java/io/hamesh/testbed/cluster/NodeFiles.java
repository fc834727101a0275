package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.CniPlugins;
import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.host.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Configuration files of the node: templates of this module with this machine's paths, certificates, kubeconfigs. */
final class NodeFiles {
    private final StateFolder state;

    NodeFiles(StateFolder state) {
        this.state = state;
    }

    void write(String pauseImage) {
        writeCertificates();
        var values = Map.of(
                "STATE",
                state.root().toString(),
                "PKI",
                state.pki().toString(),
                "PAUSE_IMAGE",
                pauseImage,
                "CNI_PLUGINS",
                CniPlugins.folder().toString(),
                "PODS_OF_NODE",
                Addresses.PODS_OF_NODE,
                "DNS_SERVICE",
                Addresses.DNS_SERVICE);
        Trees.write(state.config().resolve("containerd.toml"), fill(resource("containerd.toml"), values));
        Trees.write(state.config().resolve("kubelet.yaml"), fill(resource("kubelet.yaml"), values));
        Trees.write(state.config().resolve("cni/10-bridge.conflist"), fill(resource("bridge.conflist"), values));
        Trees.write(state.config().resolve("node.sh"), resource("node.sh"));
    }

    private void writeCertificates() {
        var pki = new Pki();
        pki.writeTo(state.pki());
        var admin = pki.issueForAnyClient(Pki.user("O=system:masters,CN=admin"));
        Trees.writeSecret(
                state.kubeconfig(), Kubeconfigs.of(Addresses.apiFromHost(), pki.authorityCertificate(), admin));
        Map.of(
                        "controller-manager", Pki.user("CN=system:kube-controller-manager"),
                        "scheduler", Pki.user("CN=system:kube-scheduler"),
                        "proxy", Pki.user("CN=system:kube-proxy"),
                        "kubelet", Pki.user(Pki.kubelet().name()),
                        "admin", Pki.user("O=system:masters,CN=admin"))
                .forEach((name, user) -> Trees.writeSecret(
                        state.config().resolve(name + ".kubeconfig"),
                        Kubeconfigs.of(Addresses.apiFromNode(), pki.authorityCertificate(), pki.issue(user))));
    }

    /** Replaces {@code @NAME@}. */
    static String fill(String template, Map<String, String> values) {
        var text = template;
        for (var value : values.entrySet()) {
            text = text.replace("@" + value.getKey() + "@", value.getValue());
        }
        return text;
    }

    static String resource(String name) {
        try (var stream = NodeFiles.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new TestbedException("no resource " + name + " in the testbed's jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
