package io.hamesh.benchmarks.dataplane;

/**
 * What tells one candidate's services and ports from another's, in the same pods.
 *
 * @param suffix of its services' names
 * @param firstUpstream the first of its upstreams' ports on the caller's loopback
 * @param inbound where its proxies take calls of the mesh
 */
record Slot(String suffix, int firstUpstream, int inbound) {
    /** Past the upstreams of all protocols. */
    private static final int CHANGING = 7;

    private static final int IMPERSONATED = 8;

    String service(Protocol protocol) {
        return protocol.id() + suffix;
    }

    String caller() {
        return Lab.CALLER + suffix;
    }

    String impersonated() {
        return Lab.IMPERSONATED + suffix;
    }

    String changing() {
        return Lab.CHANGING + suffix;
    }

    int upstream(Protocol protocol) {
        return firstUpstream + protocol.number();
    }

    int changingUpstream() {
        return firstUpstream + CHANGING;
    }

    int impersonatedUpstream() {
        return firstUpstream + IMPERSONATED;
    }
}
