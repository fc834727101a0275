/**
 * The data plane beside others: HAmesh's pair of sidecars, Consul's built-in proxy and two Envoys, in the same pods, with
 * the same caller and the same applications, in turn. {@link io.hamesh.benchmarks.dataplane.Main} is the way in.
 */
@NullMarked
package io.hamesh.benchmarks.dataplane;

import org.jspecify.annotations.NullMarked;
