package io.hamesh.agent.haproxy.config;

import java.util.stream.Collectors;

/**
 * The application behind the sidecar. One refused connection is enough to know that it is gone; from then on the mesh port
 * refuses callers before their TLS handshake. They take that for a failed connection and go to another endpoint, whatever
 * the method.
 */
final class AppSection implements Section {
    static final String BACKEND = "app";

    /** The next look is an hour away while the application is there, and half a second while it is not. */
    private static final String WATCHED = " check inter 1h fastinter 500ms downinter 500ms fall 1 rise 1"
            + " observe layer4 error-limit 1 on-error mark-down";

    /**
     * An application may close a connection that it finds idle in the moment in which a request is on its way, and that may
     * be a POST. So unused ones end here first, within two seconds; applications keep them for five and more.
     */
    private static final String IDLE_BRIEFLY = " pool-purge-delay 500ms";

    private final Sidecar sidecar;
    private final int port;

    AppSection(Sidecar sidecar, int port) {
        this.sidecar = sidecar;
        this.port = port;
    }

    /** In the frontend of the mesh port, before anything is read from the connection. */
    static void refuseWhileGone(Lines out, Sidecar sidecar) {
        String gone = sidecar.loopback().keySet().stream()
                .map(server -> "!{ srv_is_up(" + BACKEND + "/" + server + ") }")
                .collect(Collectors.joining(" "));
        out.line("tcp-request connection reject if " + gone);
    }

    /** `balance first` with a redispatch at a refusal: 127.0.0.1, then ::1. */
    @Override
    public void write(Lines out) {
        out.section("backend " + BACKEND + " from "
                + Sidecar.defaults(sidecar.service().protocol()));
        out.line("balance first");
        if (sidecar.http()) {
            http(out);
        } else {
            tcp(out);
        }
    }

    private void http(Lines out) {
        CallerHeaders.guarded(out);
        Misdirected.answeredBySidecar(out, InboundSection.FRONTEND);
        ErrorAnswers.ofApplication(out, sidecar.service().name(), port);
        String protocol = sidecar.service().protocol().isHttp2Only() ? " proto h2" : "";
        servers(out, "", protocol + WATCHED + IDLE_BRIEFLY);
    }

    private void tcp(Lines out) {
        out.line("option allbackups");
        servers(out, "", WATCHED);
        servers(out, "-again", " backup");
    }

    private void servers(Lines out, String suffix, String options) {
        sidecar.loopback()
                .forEach((name, address) -> out.line("server " + name + suffix + " " + address + ":" + port + options));
    }
}
