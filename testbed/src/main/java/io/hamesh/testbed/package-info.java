/** Brings up a real Kubernetes and Consul for tests and the quickstart. */
@NullMarked
package io.hamesh.testbed;

import org.jspecify.annotations.NullMarked;
