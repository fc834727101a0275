package io.hamesh.operator.ownership;

import java.util.List;
import java.util.Set;

/** The names that administrators grant by the annotation {@code hamesh.io/services} of a Namespace. */
interface Grants {
    /** The namespaces that are granted the name, sorted. */
    List<String> namespaces(String service);

    /** All names that are granted to any. */
    Set<String> services();
}
