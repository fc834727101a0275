package io.hamesh.operator.injection;

import io.hamesh.model.Annotations;
import io.hamesh.model.OwnershipMark;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The user's own service metadata, under Consul's rules: it would refuse the whole registration later, unseen. */
final class ServiceMeta {
    private static final int MAX_VALUE = 512;
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1,128}");

    /** Consul takes 64 pairs; the rest is ours (upstreams need one for every 512 characters). */
    private static final int MAX_PAIRS = 32;

    /** What registration writes, and what Consul keeps to itself. */
    private static final Pattern TAKEN = Pattern.compile("(consul-|hamesh-|k8s-|pod-|upstreams).*");

    private static final Set<String> TAKEN_NAMES = Set.of(OwnershipMark.MANAGED_BY);

    private ServiceMeta() {}

    static Map<String, String> read(Map<String, String> annotations, Problems problems) {
        Map<String, String> meta = new TreeMap<>();
        AnnotationNames.ours(annotations).forEach((name, value) -> {
            if (name.startsWith(Annotations.META_PREFIX) && AnnotationNames.isKnown(name)) {
                String key = name.substring(Annotations.META_PREFIX.length());
                check(name, key, value, problems);
                meta.put(key, value);
            }
        });
        if (meta.size() > MAX_PAIRS) {
            problems.add(
                    Problems.annotationField(Annotations.META_PREFIX + "*"),
                    meta.size() + " of them: expected at most " + MAX_PAIRS);
        }
        return meta;
    }

    private static void check(String name, String key, String value, Problems problems) {
        String field = Problems.annotationField(name);
        if (!KEY.matcher(key).matches()) {
            problems.add(field, "key \"" + key + "\": expected letters, digits, '-' and '_', at most 128");
        } else if (TAKEN_NAMES.contains(key) || TAKEN.matcher(key).matches()) {
            problems.add(field, "key \"" + key + "\" is written by the mesh itself: choose another");
        }
        if (value.length() > MAX_VALUE) {
            problems.add(field, "value of " + value.length() + " characters: Consul takes at most " + MAX_VALUE);
        }
    }
}
