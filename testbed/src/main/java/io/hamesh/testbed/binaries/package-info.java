/**
 * Kubernetes, CoreDNS, Helm and Consul built from their Go modules, once, into the cache.
 * What is built is keyed by the module files, so a changed version is a new folder.
 */
@NullMarked
package io.hamesh.testbed.binaries;

import org.jspecify.annotations.NullMarked;
