/**
 * A client of HAProxy's runtime API over its UNIX socket. Operator and sidecar agent steer their HAProxy with it.
 * Knows HAProxy's commands and answers, and nothing of the mesh. Only the JDK may be used here: the agent has 60 MB.
 */
@NullMarked
package io.hamesh.haproxy;

import org.jspecify.annotations.NullMarked;
