package io.hamesh.agent.haproxy.config;

/**
 * The headers of a probe on its way to the application. Anybody may send a gRPC probe's request, and whoever has the secret
 * another; a forged identity, a cookie or an upgrade beside it does not come through.
 */
final class ProbeHeaders {
    private ProbeHeaders() {}

    /** @param names divided by {@code |} */
    static void only(Lines out, String names) {
        out.line("http-request del-header '^(?!(?:" + names + ")$)' -m reg");
    }

    /** What the kubelet says for a host where a probe does not: the pod's address as it was asked. */
    static void noteHost(Lines out, Sidecar sidecar) {
        if (sidecar.pod().hasIpv4()) {
            out.line("http-request set-var(txn.host) dst");
        }
        if (sidecar.pod().hasIpv6()) {
            out.line("http-request set-var-fmt(txn.host) '[%[dst]]' if { dst -m sub : }");
        }
    }

    /** The host that was noted, with the application's port. */
    static void host(Lines out, int port) {
        out.line("http-request set-header Host '%[var(txn.host)]:" + port + "'");
    }
}
