package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.MeshSnapshot;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The application behind the sidecar. One refused connection is enough to know that it is gone; from then on the mesh port
 * refuses callers before their TLS handshake. They take that for a failed connection and go to another endpoint, whatever
 * the method.
 */
final class AppSection {
    private static final String BACKEND = "app";

    /** The next look is an hour away while the application is there, and half a second while it is not. */
    private static final String WATCHED = " check inter 1h fastinter 500ms downinter 500ms fall 1 rise 1"
            + " observe layer4 error-limit 1 on-error mark-down";

    /**
     * An application may close a connection that it finds idle in the moment in which a request is on its way, and that may
     * be a POST. So unused ones end here first, within two seconds; applications keep them for five and more.
     */
    private static final String IDLE_BRIEFLY = " pool-purge-delay 500ms";

    private final MeshSnapshot snapshot;
    private final boolean http;

    AppSection(MeshSnapshot snapshot) {
        this.snapshot = snapshot;
        this.http = snapshot.service().protocol().isHttpLike();
    }

    /** In the frontend of the mesh port, before anything is read from the connection. */
    void refuseWhileGone(StringBuilder out) {
        out.append("  tcp-request connection reject if");
        addresses().keySet().forEach(server -> out.append(" !{ srv_is_up(" + BACKEND + "/")
                .append(server)
                .append(") }"));
        out.append('\n');
    }

    /** `balance first` with a redispatch at a refusal: 127.0.0.1, then ::1. */
    void append(StringBuilder out, int port) {
        out.append("backend " + BACKEND + " from ")
                .append(http ? "http" : "tcp")
                .append("\n  balance first\n");
        String options =
                (snapshot.service().protocol().isHttp2Only() ? " proto h2" : "") + WATCHED + (http ? IDLE_BRIEFLY : "");
        if (http) {
            CallerHeaders.guarded(out);
            Misdirected.answeredBySidecar(out, InboundSection.FRONTEND);
            ErrorAnswers.ofApplication(out, snapshot.service().name(), port);
        } else {
            out.append("  option allbackups\n");
        }
        addresses().forEach((name, address) -> server(out, name, address + ":" + port + options));
        if (!http) {
            addresses().forEach((name, address) -> server(out, name + "-again", address + ":" + port + " backup"));
        }
        out.append('\n');
    }

    private static void server(StringBuilder out, String name, String rest) {
        out.append("  server ").append(name).append(' ').append(rest).append('\n');
    }

    private Map<String, String> addresses() {
        Map<String, String> addresses = new LinkedHashMap<>();
        addresses.put("ipv4", "127.0.0.1");
        if (snapshot.pod().ipv6Loopback()) {
            addresses.put("ipv6", "[::1]");
        }
        return addresses;
    }
}
