package io.hamesh.agent.haproxy.config;

/**
 * Headers that say who calls, {@code X-Forwarded-Client-Cert} and {@code x-hamesh-*}: the application has them from its own
 * sidecar or not at all. Applications that read headers as CGI variables (PHP, Rack, WSGI and others) take `_`, `.`, `~` and
 * more of what a name may hold for `-`, so each such spelling is the same header.
 */
final class CallerHeaders {
    /** HAProxy has names in lower case; `-` stands for whatever is neither letter nor digit. */
    private static final String NAMES = "^x-(?:forwarded-client-cert|hamesh(?:-.*)?)$".replace("-", "[^a-z0-9]");

    private CallerHeaders() {}

    /** In a frontend before the application, ahead of what we write ourselves. */
    static void forgedTakenOff(Lines out) {
        out.line("http-request del-header '" + NAMES + "' -m reg");
        out.line("http-request del-header trailer");
    }

    /**
     * In the application's backend. Trailers are headers to whoever merges them (RFC 9110, section 6.5.1), and no rule sees
     * them, so those of requests go whole; no gRPC client sends any. In answers `x-hamesh-*` is what sidecars say.
     */
    static void guarded(Lines out) {
        out.line("option http-drop-request-trailers");
        out.line("http-response del-header x-hamesh- -m beg");
    }
}
