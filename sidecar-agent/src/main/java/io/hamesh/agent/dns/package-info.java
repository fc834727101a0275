/**
 * Finds Consul by the cluster's DNS where the pod's own DNS is another. Knows DNS and nothing of the mesh; the JVM loads it as
 * a service.
 */
@NullMarked
package io.hamesh.agent.dns;

import org.jspecify.annotations.NullMarked;
