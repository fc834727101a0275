package io.hamesh.operator.ownership;

import java.time.Instant;
import java.util.List;

/**
 * Who holds a name.
 *
 * @param namespaces one, or the sorted ones that the values list
 * @param listed whether the values say so; such a claim ends only when they no longer do
 */
record Holder(String cluster, List<String> namespaces, boolean listed, Instant since) {
    Holder {
        namespaces = List.copyOf(namespaces);
    }

    boolean includes(Claimant claimant) {
        return namespaces.contains(claimant.namespace());
    }
}
