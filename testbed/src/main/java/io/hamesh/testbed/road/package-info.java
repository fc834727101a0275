/**
 * Which way leads to a cluster on this machine: an existing one, K3s in Docker, or a native node.
 * A pure choice over facts; nothing here starts anything.
 */
@NullMarked
package io.hamesh.testbed.road;

import org.jspecify.annotations.NullMarked;
