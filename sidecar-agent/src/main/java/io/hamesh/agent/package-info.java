/** One sidecar agent a pod: follows Consul and steers HAProxy. */
@NullMarked
package io.hamesh.agent;

import org.jspecify.annotations.NullMarked;
