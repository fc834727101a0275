package io.hamesh.agent.snapshot;

import java.util.Optional;

/**
 * Whose identities count.
 *
 * @param own the CA's that Consul has now
 * @param former whose identities count like our own for now, while the pods move from it: see {@link TrustDomainMove}
 */
public record TrustDomains(String own, Optional<String> former) {}
