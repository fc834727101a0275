/**
 * The one gateway to Consul's HTTP API: config entries, catalog, keys, transactions; plain records in and out.
 * Says what Consul said; decides nothing about the mesh. {@code consul-api} beneath it is seen by nobody else.
 */
@NullMarked
package io.hamesh.operator.consul;

import org.jspecify.annotations.NullMarked;
