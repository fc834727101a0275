package io.hamesh.operator.intention;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.consul.ConfigEntry;
import java.util.List;
import java.util.Map;

/** Intentions and entries to test with. */
final class Examples {
    static final IntentionSettings SETTINGS =
            new IntentionSettings("blue", "hamesh-system", IntentionSettings.DefaultPolicy.DENY);

    private Examples() {}

    /** In namespace shop, created at noon. */
    static ServiceIntention intention(String name, String spec) {
        ServiceIntention intention = Serialization.unmarshal("""
                apiVersion: hamesh.io/v1alpha1
                kind: ServiceIntention
                metadata:
                  name: %s
                  namespace: shop
                  uid: uid-of-%s
                  generation: 1
                  creationTimestamp: "2026-01-01T12:00:00Z"
                spec: %s
                """.formatted(name, name, spec), ServiceIntention.class);
        return intention;
    }

    static ServiceIntention wwwToRedis() {
        return intention("redis", "{destination: {name: redis}, sources: [{name: www, action: allow}]}");
    }

    static ServiceIntention withStatus(ServiceIntention intention, SyncResult result) {
        intention.setStatus(IntentionConditions.after(result, intention, java.time.Instant.EPOCH));
        return intention;
    }

    static ConfigEntry entry(String name, Map<String, String> meta, List<Map<String, Object>> sources) {
        return new ConfigEntry(ConfigEntry.SERVICE_INTENTIONS, name, meta, Map.of("Sources", sources), 0);
    }

    /** As somebody writes one with Consul's CLI. */
    static ConfigEntry foreign(String name) {
        return entry(name, Map.of(), List.of(Map.of("Name", "cli", "Action", "deny")));
    }
}
