package io.hamesh.operator.intention;

import io.hamesh.model.OwnershipMark;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.consul.ConfigEntry;
import java.util.HashMap;
import java.util.Map;

/** Who a config entry in Consul belongs to, as its Meta says. */
sealed interface EntryOwner {
    String NAMESPACE = "k8s-namespace";
    String NAME = "k8s-name";
    String UID = "k8s-uid";
    String VALUE = "hamesh-value";
    String DEFAULT_VALUE = "intentions.default";

    /** Consul's UI shows entries with this mark as read-only, made in Kubernetes. */
    String EXTERNAL_SOURCE = "external-source";

    /** One of our objects, of this cluster or another. */
    record Intention(String cluster, String namespace, String name, String uid) implements EntryOwner {
        /** Whether both are of one name. The uid does not count: an object that was made anew has another. */
        boolean isSameObject(Intention other) {
            return cluster.equals(other.cluster) && namespace.equals(other.namespace) && name.equals(other.name);
        }

        Map<String, String> meta() {
            Map<String, String> meta = mark(cluster);
            meta.put(NAMESPACE, namespace);
            meta.put(NAME, name);
            meta.put(UID, uid);
            return meta;
        }
    }

    /** The value {@code intentions.default}. */
    record DefaultValue(String cluster) implements EntryOwner {
        Map<String, String> meta() {
            Map<String, String> meta = mark(cluster);
            meta.put(VALUE, DEFAULT_VALUE);
            return meta;
        }
    }

    /** Somebody else: Consul's UI or CLI, Terraform, another product. */
    record Other() implements EntryOwner {}

    static EntryOwner of(ConfigEntry entry) {
        Map<String, String> meta = entry.meta();
        return OwnershipMark.cluster(meta).map(cluster -> ours(cluster, meta)).orElse(new Other());
    }

    private static EntryOwner ours(String cluster, Map<String, String> meta) {
        return DEFAULT_VALUE.equals(meta.get(VALUE))
                ? new DefaultValue(cluster)
                : new Intention(
                        cluster,
                        meta.getOrDefault(NAMESPACE, ""),
                        meta.getOrDefault(NAME, ""),
                        meta.getOrDefault(UID, ""));
    }

    static Intention of(ServiceIntention intention, String cluster) {
        var metadata = intention.getMetadata();
        return new Intention(cluster, metadata.getNamespace(), metadata.getName(), metadata.getUid());
    }

    private static Map<String, String> mark(String cluster) {
        Map<String, String> meta = new HashMap<>(OwnershipMark.of(cluster));
        meta.put(EXTERNAL_SOURCE, "kubernetes");
        return meta;
    }
}
