package io.hamesh.operator.ownership;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the installation says about services' names.
 *
 * @param cluster {@code cluster.name}, part of each claim: another cluster's namespace of the same name is another owner
 * @param listed the value {@code services}: by service, the only namespaces that may be it
 * @param grantedOnly {@code serviceNames.grantedOnly}: a name is nobody's before an administrator gives it
 * @param kept how long a claim outlives its last pod and intention
 */
public record OwnershipSettings(String cluster, Map<String, List<String>> listed, boolean grantedOnly, Duration kept) {
    public OwnershipSettings {
        Map<String, List<String>> sorted = new TreeMap<>();
        listed.forEach((service, namespaces) -> sorted.put(
                service, namespaces.stream().sorted(Comparator.naturalOrder()).toList()));
        listed = Map.copyOf(sorted);
    }
}
