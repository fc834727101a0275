package io.hamesh.operator.ownership;

import java.util.List;

/**
 * A name that would be free if no intention allowed it.
 *
 * @param namespaces whose it stays
 * @param by the intentions that allow it as a source, in words
 */
public record PinnedName(String service, List<String> namespaces, List<String> by) {
    public PinnedName {
        namespaces = List.copyOf(namespaces);
        by = List.copyOf(by);
    }
}
