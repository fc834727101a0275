package io.hamesh.agent.haproxy.config;

/**
 * Idle limits. A stream that a mesh cuts for being quiet is a fault to its user: TCP, WebSocket and CONNECT last a day,
 * as kube-proxy's own connection tracking does, with keep-alives that find a dead peer in two minutes. HTTP waits an
 * hour for a response's next byte, event streams included.
 */
final class DefaultsSection implements Section {
    private final Sidecar sidecar;

    DefaultsSection(Sidecar sidecar) {
        this.sidecar = sidecar;
    }

    @Override
    public void write(Lines out) {
        base(out);
        tcp(out);
        http(out);
        local(out);
    }

    private static void base(Lines out) {
        out.section("defaults base");
        out.lines("""
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
                """);
    }

    private static void tcp(Lines out) {
        out.section("defaults tcp from base");
        out.lines("""
                mode tcp
                log global
                log-format "%{+json}o %(time)[date,utime(%Y-%m-%dT%H:%M:%SZ)] %(frontend)f %(backend)b %(server)s %(client)[src] %(source)[var(sess.id)] %(denied)[var(txn.denied)] %(ms)Tt %(bytes)B %(state)ts"
                """);
    }

    private void http(Lines out) {
        out.section("defaults http from base");
        out.lines("""
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
        ErrorAnswers.defaults(out, sidecar.service().name());
    }

    /** What only the pod and the kubelet ask. */
    private static void local(Lines out) {
        out.section("defaults local from base");
        out.lines("""
                mode http
                option disable-h2-upgrade
                timeout client 10s
                timeout http-request 10s
                timeout http-keep-alive 10s
                """);
    }
}
