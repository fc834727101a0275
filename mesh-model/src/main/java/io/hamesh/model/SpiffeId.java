package io.hamesh.model;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A service's identity as Consul's CA writes it into a leaf certificate's only URI SAN:
 * {@code spiffe://<trust domain>/ns/<namespace>/dc/<datacenter>/svc/<service>}.
 */
public record SpiffeId(String trustDomain, String namespace, String datacenter, String service) {
    /** The only namespace that Consul's community edition has. */
    public static final String DEFAULT_NAMESPACE = "default";

    private static final Pattern FORM =
            Pattern.compile("spiffe://([a-z0-9._-]+)/ns/([A-Za-z0-9._-]+)/dc/([A-Za-z0-9._-]+)/svc/([A-Za-z0-9._-]+)");

    public static SpiffeId of(String trustDomain, String datacenter, String service) {
        return new SpiffeId(trustDomain, DEFAULT_NAMESPACE, datacenter, service);
    }

    /** The id that {@code uri} spells, or empty where it is not exactly of Consul's service form. */
    public static Optional<SpiffeId> parse(String uri) {
        Matcher matcher = FORM.matcher(uri);
        return matcher.matches()
                ? Optional.of(new SpiffeId(matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4)))
                : Optional.empty();
    }

    public String uri() {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/dc/" + datacenter + "/svc/" + service;
    }
}
