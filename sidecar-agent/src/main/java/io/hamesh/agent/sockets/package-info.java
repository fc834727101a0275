/**
 * The pod's listening TCP sockets as the kernel shows them: all containers of a pod share one network namespace.
 * Reading costs, so it is done as seldom as may be; what follows from it is decided elsewhere.
 */
@NullMarked
package io.hamesh.agent.sockets;

import org.jspecify.annotations.NullMarked;
