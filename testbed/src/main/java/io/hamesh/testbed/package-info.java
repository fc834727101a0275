/**
 * A real Kubernetes wherever the tests run: the {@code Platform}, the JUnit extension that hands it out, the command line.
 * How a cluster comes to be is in the packages below; nothing here knows what HAmesh does.
 */
@NullMarked
package io.hamesh.testbed;

import org.jspecify.annotations.NullMarked;
