/**
 * The Kubernetes API {@code hamesh.io/v1alpha1}: ServiceIntention, as people write it and as its CRD is generated from
 * it. Data only: the types know no feature of the operator. What they mean is {@code io.hamesh.operator.intention}'s.
 */
@NullMarked
package io.hamesh.operator.api.v1alpha1;

import org.jspecify.annotations.NullMarked;
