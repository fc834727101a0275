/**
 * The pod's listening TCP sockets as the kernel shows them: all containers of a pod share one network namespace.
 * What follows from them is decided elsewhere.
 */
@NullMarked
package io.hamesh.agent.sockets;

import org.jspecify.annotations.NullMarked;
