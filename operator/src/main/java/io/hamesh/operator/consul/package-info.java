/**
 * The one gateway to Consul's HTTP API: config entries, catalog, keys, transactions; plain records in and out.
 * Says what Consul said; decides nothing about the mesh. The vendor's client is not used: it knows no config entries.
 */
@NullMarked
package io.hamesh.operator.consul;

import org.jspecify.annotations.NullMarked;
