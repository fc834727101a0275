package io.hamesh.operator.ownership;

import java.util.Optional;
import java.util.function.Consumer;

/** Who may be a service. A name that nobody has yet goes to the first that claims it. */
public interface ServiceNames {
    /**
     * Judges by what was last seen in Consul, without asking it and without side effects; on every replica.
     *
     * @return why not; empty for an owner, and for a name that nobody was seen to hold
     */
    Optional<NotOwner> refusal(String service, String namespace);

    /**
     * The same for a pod or an intention that does not exist yet. Of a name that nobody was seen to hold Consul is asked, for a
     * second at most, whether it has it from others.
     */
    Optional<NotOwner> admissionRefusal(String service, String namespace);

    /** Whether the chart's value {@code services.NAME.namespaces} lists the namespace. */
    boolean isListed(String service, String namespace);

    /** Whether no namespace of this cluster has the name; no as long as the claims in Consul were not seen. */
    boolean isFree(String service);

    /**
     * Claims the name for whoever has it or is first in line, and judges; only where the operator leads. A name that is held
     * costs no call.
     *
     * @throws io.hamesh.operator.consul.ConsulException where the name is not known to be held and Consul cannot say
     */
    ClaimVerdict claim(String service, Claimant claimant);

    /** A transaction found a condition of a verdict broken: ask Consul at the next claim. */
    void doubt(String service);

    /** Tells, on another thread, the name of each service whose owner changed. */
    void onChange(Consumer<String> listener);
}
