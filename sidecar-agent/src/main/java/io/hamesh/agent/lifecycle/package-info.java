/**
 * The agent's life: from a pod's environment through the one loop that writes to the data plane, to its end.
 * Knows the data plane and the watches by what they offer, not how they do it.
 */
@NullMarked
package io.hamesh.agent.lifecycle;

import org.jspecify.annotations.NullMarked;
