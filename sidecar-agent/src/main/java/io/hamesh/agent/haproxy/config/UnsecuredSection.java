package io.hamesh.agent.haproxy.config;

/** What comes into the pod plain, without any identity: on the pod's own addresses. */
public final class UnsecuredSection implements Section {
    public static final String FRONTEND = "unsecured";

    private final Sidecar sidecar;
    private final int port;

    UnsecuredSection(Sidecar sidecar, int port) {
        this.sidecar = sidecar;
        this.port = port;
    }

    @Override
    public void write(Lines out) {
        out.section("frontend " + FRONTEND + " from "
                + Sidecar.defaults(sidecar.service().protocol()));
        for (String ip : sidecar.pod().ips()) {
            String host = ip.indexOf(':') < 0 ? ip : "[" + ip + "]";
            out.line("bind " + host + ":" + port);
        }
        sidecar.bounds().unsecured(out);
        if (sidecar.http()) {
            ConnectionBounds.afterHttpDenial(out);
            sidecar.upgrades().judged(out);
            CallerHeaders.forgedTakenOff(out);
            sidecar.bounds().unsecuredTransfers(out);
            onlyRepeatable(out);
        }
        out.line("default_backend " + AppSection.BACKEND);
    }

    /** What a lost response may have done already must not be done again. */
    private static void onlyRepeatable(Lines out) {
        out.line("http-request disable-l7-retry if " + UpstreamSection.ONCE);
    }
}
