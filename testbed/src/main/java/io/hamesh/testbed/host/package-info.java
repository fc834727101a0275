/**
 * The machine that the platform runs on: commands, distribution packages, apt sources, the cache folder, locks, progress.
 * Knows nothing of Kubernetes.
 */
@NullMarked
package io.hamesh.testbed.host;

import org.jspecify.annotations.NullMarked;
