package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.operator.consul.ConfigEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The pods have the upstream {@code redis}. */
class UpstreamRedirectsTest {
    private static final String TOLD =
            "UpstreamRedirected: upstream redis: Consul's service-resolver redis redirects it to"
                    + " service cache, datacenter dc2, which sidecars do not follow yet: without endpoints of its own it is answered"
                    + " 503. Remove the redirect, or name another service in hamesh.io/upstreams";

    private final List<String> events = new ArrayList<>();
    private final List<Pod> pods = new ArrayList<>();
    private final UpstreamRedirects redirects = redirects("prod");

    @Test
    void podIsToldOnceOfItsUpstreamsRedirect() {
        pods.add(RegisteredPods.ready().build());
        redirects.fresh(List.of(redirect("redis"), redirect("other")));
        redirects.fresh(List.of(redirect("redis")));
        redirects.changed(pods.getFirst());
        assertThat(events).containsExactly(TOLD);
    }

    @Test
    void podThatComesLaterIsToldToo() {
        redirects.fresh(List.of(redirect("redis")));
        redirects.changed(RegisteredPods.ready().build());
        assertThat(events).containsExactly(TOLD);
    }

    @Test
    void redirectThatIsBackIsToldAgain() {
        pods.add(RegisteredPods.ready().build());
        redirects.fresh(List.of(redirect("redis")));
        redirects.changed(Set.of("redis"), List.of());
        redirects.changed(Set.of("redis"), List.of(redirect("redis")));
        assertThat(events).containsExactly(TOLD, TOLD);
    }

    @Test
    void otherResolversAndOtherInstallationsPodsAreNoNews() {
        pods.add(RegisteredPods.ready().build());
        redirects.fresh(List.of(resolver("redis", Map.of("ConnectTimeout", "5s")), redirect("other")));
        UpstreamRedirects east = redirects("east");
        east.fresh(List.of(redirect("redis")));
        assertThat(events).isEmpty();
    }

    private UpstreamRedirects redirects(String cluster) {
        PodEvents told = new PodEvents() {
            @Override
            public void normal(PodKey pod, String reason, String message) {
                throw new AssertionError(message);
            }

            @Override
            public void warning(PodKey pod, String reason, String message) {
                events.add(reason + ": " + message);
            }
        };
        return new UpstreamRedirects(cluster, told, () -> pods);
    }

    private static ConfigEntry redirect(String name) {
        return resolver(name, Map.of("Redirect", Map.of("Service", "cache", "Datacenter", "dc2")));
    }

    private static ConfigEntry resolver(String name, Map<String, Object> fields) {
        return new ConfigEntry(ConfigEntry.SERVICE_RESOLVER, name, Map.of(), fields, 1);
    }
}
