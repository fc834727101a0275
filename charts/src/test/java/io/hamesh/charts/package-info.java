/**
 * The Helm chart as the real {@code helm} renders it, without a cluster: each template, each value with its default and with
 * another, and what is refused. How it behaves in a cluster is the end-to-end tests' matter.
 */
@NullMarked
package io.hamesh.charts;

import org.jspecify.annotations.NullMarked;
