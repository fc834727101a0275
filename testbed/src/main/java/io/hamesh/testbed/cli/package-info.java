/**
 * The commands of {@code deploy/testbed}: arguments in, one line a step out.
 * Results go to standard output, progress to standard error.
 */
@NullMarked
package io.hamesh.testbed.cli;

import org.jspecify.annotations.NullMarked;
