package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.consul.ConsulUnavailableException;
import io.hamesh.operator.consul.InMemoryConsul;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AllowedSourcesTest {
    private final InMemoryConsul consul = new InMemoryConsul();
    private final IntentionsInMemory intentions = new IntentionsInMemory();
    private final AllowedSources sources = new AllowedSources(consul, intentions, "blue");

    @Test
    void serviceIntentionIsNamedOnceThoughItsEntryIsInConsulToo() {
        ServiceIntention redis = Examples.wwwToRedis();
        intentions.add(redis);
        consul.force(IntentionMapping.entry(redis, "blue"));
        sources.fresh(consul.list("service-intentions"));
        assertThat(sources.of("www")).containsExactly("ServiceIntention shop/redis");
        assertThat(sources.of("redis")).as("its destination").isEmpty();
    }

    @Test
    void entriesOfOthersAndOfOtherClustersCount() {
        consul.force(allowing("by-hand", Map.of("Name", "www", "Action", "allow")));
        consul.force(allowing("in-part", Map.of("Name", "www", "Action", "", "Permissions", List.of(Map.of()))));
        ServiceIntention redis = Examples.wwwToRedis();
        consul.force(IntentionMapping.entry(redis, "green"));
        sources.fresh(consul.list("service-intentions"));
        assertThat(sources.of("www"))
                .containsExactlyInAnyOrder(
                        "service-intentions by-hand in Consul",
                        "service-intentions in-part in Consul",
                        "ServiceIntention shop/redis of cluster green");
    }

    @Test
    void whatIsDeniedOrAnotherPeersOrEveryServiceIsNotAllowed() {
        consul.force(allowing("denied", Map.of("Name", "www", "Action", "deny")));
        consul.force(allowing("peer", Map.of("Name", "www", "Action", "allow", "Peer", "elsewhere")));
        consul.force(allowing("any", Map.of("Name", "*", "Action", "allow")));
        intentions.add(Examples.intention("db", "{destination: {name: db}, sources: [{name: www, action: deny}]}"));
        assertThat(sources.of("www")).isEmpty();
    }

    @Test
    void consulIsAskedBeforeANameCountsAsAllowedByNobody() {
        sources.fresh(List.of());
        consul.force(allowing("written-a-moment-ago", Map.of("Name", "www", "Action", "allow")));
        assertThat(sources.of("www")).containsExactly("service-intentions written-a-moment-ago in Consul");
        consul.failWith(new ConsulUnavailableException("away"));
        assertThatThrownBy(() -> sources.of("www")).isInstanceOf(ConsulException.class);
    }

    private static ConfigEntry allowing(String name, Map<String, Object> source) {
        return Examples.entry(name, Map.of(), List.of(source));
    }
}
