package io.hamesh.model;

import java.util.regex.Pattern;

/** What may be a service's name: a DNS label in lower case, as Consul's DNS and SPIFFE ids need it. */
public final class ServiceName {
    public static final int MAX_LENGTH = 63;

    /** For messages: what a name has to look like. */
    public static final String RULE =
            "lower-case letters, digits and '-', starting and ending with a letter or digit, at most " + MAX_LENGTH
                    + " characters";

    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    private ServiceName() {}

    public static boolean isValid(String name) {
        return LABEL.matcher(name).matches();
    }
}
