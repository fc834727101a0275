package io.hamesh.model;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What the kubelet shows HAProxy with each HTTP question, so that nobody else runs a pod's hooks or takes the kubelet's share of
 * connections. Made once for each pod; whoever may read the pod may read it.
 *
 * @param value 32 hexadecimal digits
 */
public record ProbeSecret(String value) {
    /** The header that carries it. */
    public static final String HEADER = "X-Hamesh-Probe";

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

    public ProbeSecret {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("expected 32 hexadecimal digits");
        }
    }

    /** One that nobody can guess. */
    public static ProbeSecret random() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return new ProbeSecret(HexFormat.of().formatHex(bytes));
    }

    /** Without the secret: settings are logged. */
    @Override
    public String toString() {
        return "ProbeSecret[…]";
    }
}
