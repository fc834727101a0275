package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Wait;
import java.time.Duration;

/** When the cluster can be used: the node takes pods, pods get tokens, and names resolve. */
final class Readiness {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Command kubectl;

    Readiness(Command kubectl) {
        this.kubectl = kubectl;
    }

    boolean apiAnswers() {
        return kubectl.and("get", "--raw", "/readyz", "--request-timeout=2s")
                .run()
                .ok();
    }

    void awaitApi() {
        Wait.until("the API server", LIMIT, this::apiAnswers);
    }

    void awaitNode() {
        Wait.until("the node to register", LIMIT, () -> kubectl.and("get", "node", Addresses.NODE_NAME)
                .run()
                .ok());
        kubectl.and(
                        "wait",
                        "--for=condition=Ready",
                        "node/" + Addresses.NODE_NAME,
                        "--timeout=" + LIMIT.toSeconds() + "s")
                .output();
        // A pod made before its service account is refused.
        Wait.until("the default service account", LIMIT, () -> kubectl.and("get", "serviceaccount", "default")
                .run()
                .ok());
    }

    void awaitDns() {
        kubectl.and("rollout", "status", "deployment/coredns", "--namespace=kube-system")
                .and("--timeout=" + LIMIT.toSeconds() + "s")
                .output();
        Wait.until("cluster DNS to answer", LIMIT, Readiness::dnsAnswers);
    }

    /** Asks through the Service, so this shows kube-proxy's rules and the host's routes as well. */
    private static boolean dnsAnswers() {
        return DnsProbe.resolves(Addresses.DNS_SERVICE, "kubernetes.default.svc.cluster.local");
    }
}
