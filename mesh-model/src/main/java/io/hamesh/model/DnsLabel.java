package io.hamesh.model;

import java.util.regex.Pattern;

/** A DNS label in lower case (RFC 1123), as the name of a Kubernetes namespace. */
public final class DnsLabel {
    public static final int MAX_LENGTH = 63;

    /** For messages: what a label has to look like. */
    public static final String RULE =
            "lower-case letters, digits and '-', starting and ending with a letter or digit, at most " + MAX_LENGTH
                    + " characters";

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private DnsLabel() {}

    public static boolean isValid(String text) {
        return LABEL.matcher(text).matches();
    }
}
