/**
 * Bringing a cluster up, telling how it is, and taking it down without a trace.
 * The native node lives in namespaces of its own; K3s and an existing cluster are thin.
 */
@NullMarked
package io.hamesh.testbed.cluster;

import org.jspecify.annotations.NullMarked;
