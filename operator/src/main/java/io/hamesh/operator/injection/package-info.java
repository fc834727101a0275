/**
 * What a pod in the mesh looks like: reads the annotations, checks them, adds the two sidecars. Pure: pods in, pods or
 * problems out; no client, no I/O, no clock. A wrongly injected or wrongly refused pod is explained here and nowhere else.
 */
@NullMarked
package io.hamesh.operator.injection;

import org.jspecify.annotations.NullMarked;
