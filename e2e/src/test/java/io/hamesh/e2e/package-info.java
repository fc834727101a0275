/**
 * HAmesh as a person meets it: pods, {@code kubectl}, Consul's API, packets on the wire. Nothing here may import the
 * operator or the agent; each refusal stands beside an allowed control, so that no test passes on a broken road.
 */
@NullMarked
package io.hamesh.e2e;

import org.jspecify.annotations.NullMarked;
