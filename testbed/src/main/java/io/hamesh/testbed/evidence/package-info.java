/**
 * What a person needs after a failed test: pod logs, events, HAProxy's configuration, Consul's catalogue, the
 * node's own logs, and how much the machine had to do.
 * Read only, and never a secret.
 */
@NullMarked
package io.hamesh.testbed.evidence;

import org.jspecify.annotations.NullMarked;
