package io.hamesh.testbed.evidence;

import java.util.regex.Pattern;

/** Takes secrets out of text that is kept in files: salts, private keys, tokens, what a kubelet is known by. */
public final class Redaction {
    private static final Pattern SET_ENVIRONMENT =
            Pattern.compile("(?im)^(\\s*(?:pre)?setenv\\s+\\S*(?:SALT|TOKEN|KEY|SECRET|PASSWORD)\\S*\\s+).*$");
    private static final Pattern PRIVATE_KEY =
            Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \\1-----", Pattern.DOTALL);
    private static final Pattern BEARER =
            Pattern.compile("(?i)((?:bearer|x-consul-token)[: =]+)[A-Za-z0-9._~+/=-]{8,}");

    private static final Pattern PROBE = Pattern.compile("(X-Hamesh-Probe\\) -m str )\\S+");

    private Redaction() {}

    public static String of(String text) {
        var lines = SET_ENVIRONMENT.matcher(text).replaceAll("$1<redacted>");
        var keys = PRIVATE_KEY.matcher(lines).replaceAll("<redacted $1>");
        var probes = PROBE.matcher(keys).replaceAll("$1<redacted>");
        return BEARER.matcher(probes).replaceAll("$1<redacted>");
    }
}
