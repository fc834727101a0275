/**
 * Which ports of a pod are open past the mesh: asks each pod's HAProxy, which serves what its agent saw, and says what changed.
 * Registers nothing. Who tracks the pods says where each is asked and keeps what it said; no other feature is known here.
 */
@NullMarked
package io.hamesh.operator.openports;

import org.jspecify.annotations.NullMarked;
