package io.hamesh.operator.ownership;

import java.util.Optional;

/** Where Consul knows a name from, this installation apart: a name that others have is not ours to claim. */
@FunctionalInterface
public interface Others {
    /**
     * What of others' carries that name in Consul, in words for the person who asked for it; empty where nothing does.
     *
     * @throws io.hamesh.operator.consul.ConsulException where Consul cannot say
     */
    Optional<String> of(String service);
}
