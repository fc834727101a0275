/**
 * ServiceIntention: its CRD, what a right one looks like, and how it becomes a {@code service-intentions} entry in Consul.
 * "A deny did not bite" starts here; enforcing it is the sidecar's business. Rules and mapping are pure.
 */
@NullMarked
package io.hamesh.operator.intention;

import org.jspecify.annotations.NullMarked;
