/**
 * HAProxy as this pod's data plane: how it comes to run another snapshot without a reload ({@link RuntimePlan}), and the
 * sockets over which it is told ({@link HaproxyApplier}). What it is to run is written in {@code config}.
 */
@NullMarked
package io.hamesh.agent.haproxy;

import org.jspecify.annotations.NullMarked;
