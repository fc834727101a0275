/**
 * HAProxy as this pod's data plane: how it comes to run another snapshot without a reload ({@link RuntimePlan}), and who
 * tells it so ({@link HaproxyApplier}, by {@code io.hamesh.haproxy}). What it is to run is written in {@code config}.
 */
@NullMarked
package io.hamesh.agent.haproxy;

import org.jspecify.annotations.NullMarked;
