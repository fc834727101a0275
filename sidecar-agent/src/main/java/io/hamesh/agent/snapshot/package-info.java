/**
 * What the mesh looks like from this pod, as immutable data: the whole of what HAProxy is to run.
 * No I/O here; where the data comes from and where it goes are other packages.
 */
@NullMarked
package io.hamesh.agent.snapshot;

import org.jspecify.annotations.NullMarked;
