package io.hamesh.operator.ownership;

import java.util.List;
import java.util.Map;

/** All that lives on services' names in this cluster, as far as one feature knows; complete before anything is claimed. */
@FunctionalInterface
public interface Claimants {
    /** By the service's name. */
    Map<String, List<Claimant>> byService();
}
