package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.TrustDomains;
import io.hamesh.agent.snapshot.UpstreamState;
import java.util.LinkedHashMap;
import java.util.Map;

/** Turns a snapshot into the files that HAProxy runs. No I/O: the same snapshot gives the same bytes. */
public final class HaproxyConfig {
    private final Layout layout;

    public HaproxyConfig(Layout layout) {
        this.layout = layout;
    }

    /** The whole of what HAProxy reads, as it is in every pod. */
    public static RenderedFiles render(MeshSnapshot snapshot, Salt salt) {
        return new HaproxyConfig(Layout.IN_POD).files(snapshot, salt);
    }

    public RenderedFiles files(MeshSnapshot snapshot, Salt salt) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(Layout.ROOTS, Pem.roots(snapshot.roots()));
        files.put(Layout.LEAF, Pem.leaf(snapshot.leaf()));
        files.put(Layout.INTENTIONS, String.join("", IntentionMap.lines(snapshot.policy())));
        files.put(Layout.CONFIG, config(snapshot, salt));
        return new RenderedFiles(files);
    }

    private String config(MeshSnapshot snapshot, Salt salt) {
        StringBuilder out = new StringBuilder(8192);
        ProbeSection probes = new ProbeSection(layout, snapshot);
        global(out, snapshot, salt, probes);
        defaults(out, snapshot.service().name());
        new ConnectionBounds(snapshot).appendTables(out);
        new OpsSection(layout, snapshot, probes).appendTo(out);
        probes.appendTo(out);
        new InboundSection(layout, snapshot).appendTo(out);
        UpstreamSection upstreams = new UpstreamSection(new ServerLine(layout, salt), snapshot);
        for (UpstreamState upstream : snapshot.upstreams()) {
            upstreams.append(out, upstream);
        }
        return out.toString();
    }

    private void global(StringBuilder out, MeshSnapshot snapshot, Salt salt, ProbeSection probes) {
        out.append("""
                # Written by the HAmesh agent; it keeps this file in step with what runs. Changes made here are lost.
                global
                  # the identity shim's secret: see spiffe_verifyhost.c
                  setenv SPIFFE_SALT %s
                %s  nbthread 1
                %s  # open streams outlive a reload by that much, in at most this many old workers
                  hard-stop-after 1h
                  mworker-max-reloads 3
                  log stdout format raw local0 info
                  stats socket unix@%s mode 600 level admin expose-fd listeners
                  # sessions are not resumed: a resumed one would keep an identity past its certificate
                  tune.ssl.cachesize 0
                  # an HTTP/2 connection does not notice `connection: close`: it ends gracefully after that many requests, long
                  # before the certificate it was opened with
                  tune.h2.fe.max-total-streams 10000
                  tune.lua.bool-sample-conversion normal
                  lua-load-per-thread %s
                """.formatted(
                        salt.hex(),
                        formerTrustDomain(snapshot.trustDomains()),
                        bounds(snapshot),
                        layout.adminSocket(),
                        layout.fetches()));
        probes.appendGlobal(out);
        out.append("""
                  ssl-default-bind-options ssl-min-ver TLSv1.3 no-tls-tickets
                  ssl-default-server-options ssl-min-ver TLSv1.3

                """);
    }

    private static String bounds(MeshSnapshot snapshot) {
        StringBuilder out = new StringBuilder();
        new ConnectionBounds(snapshot).appendGlobal(out);
        return out.toString();
    }

    /** Tells the shim that an identity of the former trust domain is the same of our own. */
    private static String formerTrustDomain(TrustDomains domains) {
        return domains.former()
                .map(former -> """
                          setenv SPIFFE_TRUST_DOMAIN %s
                          setenv SPIFFE_FORMER_TRUST_DOMAIN %s
                        """.formatted(domains.own(), former))
                .orElse("");
    }

    /**
     * Idle limits. A stream that a mesh cuts for being quiet is a fault to its user: TCP, WebSocket and CONNECT last a day,
     * as kube-proxy's own connection tracking does, with keep-alives that find a dead peer in two minutes. HTTP waits an
     * hour for a response's next byte, event streams included.
     */
    private static void defaults(StringBuilder out, String service) {
        out.append("""
                defaults base
                  option dontlognull
                  option dontlog-normal
                  option tcpka
                  clitcpka-idle 60s
                  clitcpka-intvl 20s
                  clitcpka-cnt 3
                  srvtcpka-idle 60s
                  srvtcpka-intvl 20s
                  srvtcpka-cnt 3
                  timeout connect 3s
                  timeout client 24h
                  timeout server 24h
                  timeout queue 5s
                  retries 3
                  option redispatch 1

                defaults tcp from base
                  mode tcp
                  log global
                  log-format "%{+json}o %(time)[date,utime(%Y-%m-%dT%H:%M:%SZ)] %(frontend)f %(backend)b %(server)s %(client)[src] %(source)[var(sess.id)] %(denied)[var(txn.denied)] %(ms)Tt %(bytes)B %(state)ts"

                defaults http from base
                  mode http
                  log global
                  log-format "%{+json}o %(time)[date,utime(%Y-%m-%dT%H:%M:%SZ)] %(frontend)f %(backend)b %(server)s %(client)[src] %(source)[var(sess.id)] %(denied)[var(txn.denied)] %(method)HM %(path)HPO %(status)ST %(ms)Ta %(bytes)B %(state)tsc"
                  timeout client 1h
                  timeout server 1h
                  timeout http-request 10s
                  timeout http-keep-alive 1h
                  timeout tunnel 24h
                  # a reload loses no request of a kept-alive connection
                  option idle-close-on-response
                  option http-no-delay
                  http-reuse always
                  # a response that never began may be asked for again, but only where the method says so
                  retry-on conn-failure empty-response
                  # a caller that hangs up is done: over HTTP/1.1 his FIN looks like a half close, and counts as the end
                  option abortonclose
                  # who opens a connection ahead and then does not need it is told nothing when it ends
                  option http-ignore-probes
                """);
        ErrorAnswers.defaults(out, service);
        out.append("""

                defaults local from base
                  mode http
                  option disable-h2-upgrade
                  timeout client 10s
                  timeout http-request 10s
                  timeout http-keep-alive 10s

                """);
    }

    /** On every family that the pod has: a bind on the other would stop HAProxy. */
    static void bindAll(StringBuilder out, MeshSnapshot snapshot, int port, String options) {
        if (snapshot.pod().hasIpv4()) {
            out.append("  bind :").append(port).append(options).append('\n');
        }
        if (snapshot.pod().hasIpv6()) {
            out.append("  bind [::]:")
                    .append(port)
                    .append(" v6only")
                    .append(options)
                    .append('\n');
        }
    }
}
