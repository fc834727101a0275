/**
 * Injected pods in Consul's catalog: registered when they have an address, passing when they are ready, gone when they go.
 * All that is known of a pod is in its TrackedPod; whoever works on a pod is given that. The mapping is pure; what a pod is
 * comes from its injected containers, never from annotations.
 */
@NullMarked
package io.hamesh.operator.registration;

import org.jspecify.annotations.NullMarked;
