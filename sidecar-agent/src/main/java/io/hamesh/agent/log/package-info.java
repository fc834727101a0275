/** One event a line to standard output, key=value: a logging library would take more memory than the agent itself. */
@NullMarked
package io.hamesh.agent.log;

import org.jspecify.annotations.NullMarked;
