package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.Action;
import io.hamesh.operator.api.v1alpha1.Destination;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.api.v1alpha1.ServiceIntentionSpec;
import io.hamesh.operator.api.v1alpha1.Source;
import io.hamesh.operator.consul.ConfigEntry;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns a ServiceIntention into Consul's {@code service-intentions} entry, and compares such entries. */
final class IntentionMapping {
    private static final String SOURCES = "Sources";
    private static final String NAME = "Name";
    private static final String ACTION = "Action";
    private static final String DESCRIPTION = "Description";

    /** Consul fills these in itself: they say nothing about what was written. */
    private static final Set<String> FILLED_BY_CONSUL =
            Set.of("Precedence", "LegacyID", "LegacyMeta", "LegacyCreateTime", "LegacyUpdateTime");

    /** What Consul answers where a field was left out. */
    private static final Map<String, Object> DEFAULTS =
            Map.of("Type", "consul", "Namespace", "default", "Partition", "default");

    private IntentionMapping() {}

    static Optional<String> destination(ServiceIntention intention) {
        return Optional.ofNullable(intention.getSpec())
                .map(ServiceIntentionSpec::destination)
                .map(Destination::name);
    }

    static List<Source> sources(ServiceIntention intention) {
        return Optional.ofNullable(intention.getSpec())
                .map(ServiceIntentionSpec::sources)
                .orElse(List.of());
    }

    /** The entry that says what {@code intention} says, which has to be right by {@link IntentionRules}. */
    static ConfigEntry entry(ServiceIntention intention, String cluster) {
        List<Map<String, Object>> sources =
                sources(intention).stream().map(IntentionMapping::source).toList();
        return new ConfigEntry(
                ConfigEntry.SERVICE_INTENTIONS,
                destination(intention).orElseThrow(),
                EntryOwner.of(intention, cluster).meta(),
                Map.of(SOURCES, sources),
                0);
    }

    /** {@code * -> *} allow. */
    static ConfigEntry allowAll(String cluster) {
        return new ConfigEntry(
                ConfigEntry.SERVICE_INTENTIONS,
                Destination.ANY,
                new EntryOwner.DefaultValue(cluster).meta(),
                Map.of(SOURCES, List.of(Map.of(NAME, Destination.ANY, ACTION, Action.ALLOW.word()))),
                0);
    }

    private static Map<String, Object> source(Source source) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(NAME, Objects.requireNonNull(source.name()));
        fields.put(ACTION, Objects.requireNonNull(source.action()).word());
        if (source.description() != null && !source.description().isEmpty()) {
            fields.put(DESCRIPTION, source.description());
        }
        return fields;
    }

    /** The same entry, to be written over what was found at that index. */
    static ConfigEntry over(ConfigEntry entry, long modifyIndex) {
        return new ConfigEntry(entry.kind(), entry.name(), entry.meta(), entry.fields(), modifyIndex);
    }

    /**
     * Whether Consul's entry says what was wanted. Sources may stand in any order, because Consul sorts them; what Consul
     * fills in itself does not count. A field that we never write, such as {@code JWT} or {@code Permissions}, makes a
     * difference.
     */
    static boolean isSame(ConfigEntry wanted, ConfigEntry found) {
        return wanted.meta().equals(found.meta())
                && withoutDefaults(wanted.fields()).equals(withoutDefaults(found.fields()));
    }

    private static Map<String, Object> withoutDefaults(Map<String, Object> fields) {
        Map<String, Object> kept = new TreeMap<>();
        fields.forEach((key, value) -> {
            if (!isDefault(key, value)) {
                kept.put(key, key.equals(SOURCES) ? sources(value) : value);
            }
        });
        return kept;
    }

    /** How often each source is there, so that order does not count and a source written twice does. */
    private static Map<Map<String, Object>, Integer> sources(Object value) {
        Map<Map<String, Object>, Integer> counted = new HashMap<>();
        if (value instanceof Collection<?> sources) {
            for (Object source : sources) {
                counted.merge(sourceWithoutDefaults(source), 1, Integer::sum);
            }
        }
        return counted;
    }

    private static Map<String, Object> sourceWithoutDefaults(@Nullable Object source) {
        Map<String, Object> kept = new TreeMap<>();
        if (source instanceof Map<?, ?> fields) {
            fields.forEach((key, value) -> {
                String name = String.valueOf(key);
                if (value != null && !FILLED_BY_CONSUL.contains(name) && !isDefault(name, value)) {
                    kept.put(name, value);
                }
            });
        }
        return kept;
    }

    private static boolean isDefault(String key, Object value) {
        return value.equals("")
                || value.equals(DEFAULTS.get(key))
                || (value instanceof Collection<?> list && list.isEmpty())
                || (value instanceof Map<?, ?> map && map.isEmpty());
    }
}
