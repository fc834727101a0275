/**
 * What the agent's pure core costs. Run by hand ({@code java -jar benchmarks/target/benchmarks.jar}); never part of a test,
 * because a time asserted on a shared machine is a coin toss.
 */
@NullMarked
package io.hamesh.benchmarks;

import org.jspecify.annotations.NullMarked;
