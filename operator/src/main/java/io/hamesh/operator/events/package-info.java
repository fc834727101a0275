/**
 * Kubernetes Events: how features tell the owner of an object what happened to it.
 * Best effort: an Event that cannot be written is logged, and stops nothing. No secret ever goes into one.
 */
@NullMarked
package io.hamesh.operator.events;

import org.jspecify.annotations.NullMarked;
