package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.consul.ConfigEntry;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The pods have the upstream {@code redis}. */
class UpstreamRedirectsTest {
    private static final String TOLD =
            "UpstreamRedirected: upstream redis: Consul's service-resolver redis redirects it to"
                    + " service cache, datacenter dc2, which sidecars do not follow yet: without endpoints of its own it is answered"
                    + " 503. Remove the redirect, or name another service in hamesh.io/upstreams";

    private final KeptEvents kept = new KeptEvents();
    private final Queue<String> events = kept.told;
    private final TrackedPods pods = new TrackedPods("prod");
    private final UpstreamRedirects redirects = new UpstreamRedirects(pods, kept);

    @Test
    void podIsToldOnceOfItsUpstreamsRedirect() {
        TrackedPod pod = pods.show(RegisteredPods.ready().build());
        redirects.fresh(List.of(redirect("redis"), redirect("other")));
        redirects.fresh(List.of(redirect("redis")));
        redirects.changed(pod);
        assertThat(events).containsExactly(TOLD);
    }

    @Test
    void podThatComesLaterIsToldToo() {
        redirects.fresh(List.of(redirect("redis")));
        redirects.changed(pods.show(RegisteredPods.ready().build()));
        assertThat(events).containsExactly(TOLD);
    }

    @Test
    void redirectThatIsBackIsToldAgain() {
        pods.show(RegisteredPods.ready().build());
        redirects.fresh(List.of(redirect("redis")));
        redirects.changed(Set.of("redis"), List.of());
        redirects.changed(Set.of("redis"), List.of(redirect("redis")));
        assertThat(events).containsExactly(TOLD, TOLD);
    }

    @Test
    void otherResolversAndOtherInstallationsPodsAreNoNews() {
        pods.show(RegisteredPods.ready().build());
        redirects.fresh(List.of(resolver("redis", Map.of("ConnectTimeout", "5s")), redirect("other")));
        TrackedPods east = new TrackedPods("east");
        east.show(RegisteredPods.ready().build());
        new UpstreamRedirects(east, kept).fresh(List.of(redirect("redis")));
        assertThat(events).isEmpty();
    }

    private static ConfigEntry redirect(String name) {
        return resolver(name, Map.of("Redirect", Map.of("Service", "cache", "Datacenter", "dc2")));
    }

    private static ConfigEntry resolver(String name, Map<String, Object> fields) {
        return new ConfigEntry(ConfigEntry.SERVICE_RESOLVER, name, Map.of(), fields, 1);
    }
}
