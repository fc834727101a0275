package io.hamesh.benchmarks.dataplane;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A candidate that is a mesh: it has to refuse whoever is not who he says he is, or its figures mean nothing. */
interface Mesh extends Candidate {
    /** As {@link #address}, of the service whose only endpoint is an {@link Impostor}. */
    String impostor();

    /** The service that the impostor should be. */
    String impersonated();

    /** Where the application's proxy takes calls of the mesh, by mutual TLS. */
    String inbound(Protocol protocol);

    /** Who signs its certificates. */
    ConsulApi authority();

    /** The service that its caller is. */
    String caller();

    /** What it is measured to follow in {@link #authority}: not what it follows late by its nature, or not at all. */
    List<Subject> subjects();

    /** Files by name, with all that its proxy beside the caller is configured by; secrets may be in them. */
    Map<String, String> configuration();

    /** What its proxy beside the caller counts of its own TLS handshakes; empty if it counts none. */
    default Optional<String> countedHandshakes() {
        return Optional.empty();
    }

    /** The ids of the processes beside the caller. */
    Sidecar sidecar();

    /** From the start of a caller's sidecar to the first right answer by way of it. It may be another process after that. */
    double secondsToFirstAnswer(Programs programs);

    /**
     * Process ids.
     *
     * @param proxy that carries the traffic
     * @param whole all that the pod has for the mesh
     */
    record Sidecar(List<Long> proxy, List<Long> whole) {}
}
