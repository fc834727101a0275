package io.hamesh.agent.snapshot;

import java.util.List;

/**
 * The CA as Consul lists it.
 *
 * @param trustDomain of every identity that it signs; another one means another Consul, or one that lost its data
 * @param certificates one PEM each: during a rotation there are several
 */
public record Roots(String trustDomain, List<String> certificates) {
    public Roots {
        certificates = List.copyOf(certificates);
    }
}
