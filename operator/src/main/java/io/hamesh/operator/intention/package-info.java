/**
 * What a right ServiceIntention looks like, and how it becomes a {@code service-intentions} entry in Consul. The types
 * themselves are in {@code api.v1alpha1}. "A deny did not bite" starts here; enforcing it is the sidecar's business.
 * Rules and mapping are pure.
 */
@NullMarked
package io.hamesh.operator.intention;

import org.jspecify.annotations.NullMarked;
