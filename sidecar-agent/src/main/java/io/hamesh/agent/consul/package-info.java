/**
 * What the pod's service needs to know from Consul, followed by blocking queries and published into the snapshot.
 * All HTTP and JSON of the agent is here; nothing here knows HAProxy.
 */
@NullMarked
package io.hamesh.agent.consul;

import org.jspecify.annotations.NullMarked;
