package io.hamesh.testbed.cluster;

import io.hamesh.testbed.binaries.Binaries;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The processes of the node and their command lines. */
final class Components {
    private final StateFolder state;
    private final Binaries binaries;

    Components(StateFolder state, Binaries binaries) {
        this.state = state;
        this.binaries = binaries;
    }

    /** A supervised process; those that need the API start once it answers. */
    record Component(String name, boolean needsApi, List<String> command) {
        String script() {
            return command.stream().map(Component::quote).collect(Collectors.joining(" ", "exec ", "\n"));
        }

        private static String quote(String word) {
            return "'" + word.replace("'", "'\\''") + "'";
        }
    }

    List<Component> all() {
        return List.of(etcd(), apiServer(), containerd(), controllerManager(), scheduler(), kubelet(), kubeProxy());
    }

    /** One script each, in a folder that tells the supervisor when to start it. */
    void write() {
        for (var component : all()) {
            var folder = Trees.folder(state.components().resolve(component.needsApi() ? "with-api" : "first"));
            Trees.write(folder.resolve(component.name()), component.script());
        }
    }

    private Component etcd() {
        return first(
                "etcd",
                "/usr/bin/env",
                "etcd",
                "--data-dir=" + state.root().resolve("etcd"),
                "--listen-client-urls=http://127.0.0.1:2379",
                "--advertise-client-urls=http://127.0.0.1:2379",
                "--listen-peer-urls=http://127.0.0.1:2380",
                "--unsafe-no-fsync");
    }

    private Component apiServer() {
        return first(
                "kube-apiserver",
                program("kube-apiserver"),
                "--etcd-servers=http://127.0.0.1:2379",
                "--bind-address=0.0.0.0",
                "--secure-port=" + Addresses.API_PORT,
                // Pods have to reach it, so not an address of the veth pair but the node's.
                "--advertise-address=" + Addresses.NODE,
                "--tls-cert-file=" + pki("apiserver.crt"),
                "--tls-private-key-file=" + pki("apiserver.key"),
                "--client-ca-file=" + pki("ca.crt"),
                "--service-account-key-file=" + pki("sa.pub"),
                "--service-account-signing-key-file=" + pki("sa.key"),
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--authorization-mode=Node,RBAC",
                "--enable-admission-plugins=NodeRestriction",
                "--service-cluster-ip-range=" + Addresses.SERVICES,
                "--kubelet-client-certificate=" + pki("apiserver-to-kubelet.crt"),
                "--kubelet-client-key=" + pki("apiserver-to-kubelet.key"),
                "--kubelet-certificate-authority=" + pki("ca.crt"),
                // Else logs and exec try to resolve the node's name.
                "--kubelet-preferred-address-types=InternalIP",
                "--allow-privileged=true");
    }

    private Component containerd() {
        return first("containerd", "/usr/bin/env", "containerd", "--config=" + config("containerd.toml"));
    }

    private Component controllerManager() {
        return withApi(
                "kube-controller-manager",
                "--kubeconfig=" + config("controller-manager.kubeconfig"),
                "--service-account-private-key-file=" + pki("sa.key"),
                "--root-ca-file=" + pki("ca.crt"),
                "--use-service-account-credentials=true",
                "--leader-elect=false",
                "--cluster-cidr=" + Addresses.PODS,
                "--cluster-signing-cert-file=" + pki("ca.crt"),
                "--cluster-signing-key-file=" + pki("ca.key"));
    }

    private Component scheduler() {
        return withApi("kube-scheduler", "--kubeconfig=" + config("scheduler.kubeconfig"), "--leader-elect=false");
    }

    private Component kubelet() {
        return withApi(
                "kubelet",
                "--config=" + config("kubelet.yaml"),
                "--kubeconfig=" + config("kubelet.kubeconfig"),
                "--hostname-override=" + Addresses.NODE_NAME,
                "--node-ip=" + Addresses.NODE,
                "--root-dir=" + state.root().resolve("kubelet"));
    }

    private Component kubeProxy() {
        return withApi(
                "kube-proxy",
                "--kubeconfig=" + config("proxy.kubeconfig"),
                "--cluster-cidr=" + Addresses.PODS,
                "--proxy-mode=iptables",
                "--hostname-override=" + Addresses.NODE_NAME,
                // These sysctls belong to the host and are read-only here; 0 leaves them alone.
                "--conntrack-max-per-core=0",
                "--conntrack-tcp-timeout-established=0",
                "--conntrack-tcp-timeout-close-wait=0");
    }

    private static Component first(String name, String... command) {
        return new Component(name, false, List.of(command));
    }

    private Component withApi(String name, String... arguments) {
        var command = new ArrayList<>(List.of(program(name)));
        Stream.of(arguments).forEach(command::add);
        return new Component(name, true, command);
    }

    private String program(String name) {
        return binaries.program(name).toString();
    }

    private Path pki(String file) {
        return state.pki().resolve(file);
    }

    private Path config(String file) {
        return state.config().resolve(file);
    }
}
