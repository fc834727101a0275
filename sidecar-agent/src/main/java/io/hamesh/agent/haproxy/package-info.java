/**
 * HAProxy as this pod's data plane: what it is to run ({@link HaproxyConfig}), how it gets there without a reload
 * ({@link RuntimePlan}), and the sockets over which it is told ({@link HaproxyApplier}).
 */
@NullMarked
package io.hamesh.agent.haproxy;

import org.jspecify.annotations.NullMarked;
