/**
 * What a person needs after a failed test: pod logs, events, HAProxy's configuration, Consul's catalogue.
 * Read only, and never a secret.
 */
@NullMarked
package io.hamesh.testbed.evidence;

import org.jspecify.annotations.NullMarked;
