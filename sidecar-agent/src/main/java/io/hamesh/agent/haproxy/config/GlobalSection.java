package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.TrustDomains;
import io.hamesh.model.ProbeTarget.Tcp;
import java.util.Map;

/** The process: what it may hold, where it is told things, and what of TLS holds everywhere. */
final class GlobalSection implements Section {
    private static final String CLASSICAL = "X25519:P-256";
    private static final String POST_QUANTUM = "X25519MLKEM768:" + CLASSICAL;

    /** All of TLS 1.3. The called side chooses, and AES-128 with SHA-256 takes the least CPU. */
    private static final String CIPHERS = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

    private final Sidecar sidecar;

    GlobalSection(Sidecar sidecar) {
        this.sidecar = sidecar;
    }

    @Override
    public void write(Lines out) {
        Layout layout = sidecar.layout();
        out.section("""
                # Written by the HAmesh agent; it keeps this file in step with what runs. Changes made here are lost.
                global""");
        out.lines("""
                # only the identity shim sets it: see tls_sessions.c
                .if !defined(SPIFFE_SESSIONS)
                .alert "the identity shim is missing, or of another release than the agent"
                .endif
                """);
        out.line("# the identity shim's secret: see spiffe_verifyhost.c");
        out.line("setenv SPIFFE_SALT " + sidecar.salt().hex());
        formerTrustDomain(out, sidecar.snapshot().trustDomains());
        out.line("nbthread 1");
        sidecar.bounds().global(out);
        out.lines("""
                # open streams outlive a reload by that much, in at most this many old workers
                hard-stop-after 1h
                mworker-max-reloads 3
                log stdout format raw local0 info
                stats socket unix@<admin-socket> mode 600 level admin expose-fd listeners
                # whoever resumes a session brings it along, in a ticket
                tune.ssl.cachesize 0
                # an HTTP/2 connection does not notice `connection: close`: it ends gracefully after that many requests, long
                # before the certificate it was opened with
                tune.h2.fe.max-total-streams 10000
                tune.lua.bool-sample-conversion normal
                lua-load-per-thread <fetches>
                """, Map.of("admin-socket", layout.adminSocket(), "fetches", layout.fetches()));
        if (sidecar.service().probes().stream().anyMatch(probe -> probe.target() instanceof Tcp)) {
            out.line("lua-load-per-thread " + layout.tcpProbe());
        }
        out.lines("""
                ssl-default-bind-options ssl-min-ver TLSv1.3
                ssl-default-server-options ssl-min-ver TLSv1.3
                """);
        out.line("ssl-default-bind-ciphersuites " + CIPHERS);
        keyExchange(out);
    }

    /** A called pod takes whatever it is offered, so only callers differ, and none has to ask twice. */
    private void keyExchange(Lines out) {
        boolean postQuantum = sidecar.service().proxy().postQuantum();
        out.line("ssl-default-bind-curves " + POST_QUANTUM);
        out.line("ssl-default-server-curves " + (postQuantum ? POST_QUANTUM : CLASSICAL));
    }

    /** Tells the shim that an identity of the former trust domain is the same of our own. */
    private static void formerTrustDomain(Lines out, TrustDomains domains) {
        domains.former().ifPresent(former -> {
            out.line("setenv SPIFFE_TRUST_DOMAIN " + domains.own());
            out.line("setenv SPIFFE_FORMER_TRUST_DOMAIN " + former);
        });
    }
}
