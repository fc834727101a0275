package io.hamesh.agent.dns;

import io.hamesh.model.ClusterDns;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;

/** What the JVM loads: the cluster's DNS where injection gave this pod some, else the pod's own. */
public final class ClusterResolverProvider extends InetAddressResolverProvider {
    @Override
    public InetAddressResolver get(Configuration configuration) {
        String told = System.getenv(ClusterDns.VARIABLE);
        if (told == null) {
            return configuration.builtinResolver();
        }
        try {
            return new ClusterResolver(ClusterDns.parse(told), configuration.builtinResolver());
        } catch (IllegalArgumentException e) {
            return configuration.builtinResolver(); // injection wrote it, and nobody can change it since
        }
    }

    @Override
    public String name() {
        return "the cluster's DNS";
    }
}
