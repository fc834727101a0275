/**
 * Whether this replica may be asked, and whether it is worth keeping: what the kubelet's two probes are told. Features
 * say what they wait for and beat while they work; nothing here knows what they do.
 */
@NullMarked
package io.hamesh.operator.health;

import org.jspecify.annotations.NullMarked;
