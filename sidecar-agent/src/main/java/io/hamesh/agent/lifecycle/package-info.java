/**
 * The agent from start to end: reads the pod's environment, then runs the one loop that writes to the data plane.
 * Knows the data plane and the watches only by their interfaces.
 */
@NullMarked
package io.hamesh.agent.lifecycle;

import org.jspecify.annotations.NullMarked;
