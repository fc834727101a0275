/**
 * What the operator and the sidecar agent share: annotation names, SPIFFE ids, a pod's bootstrap settings.
 * Plain data and its rules; no client, no I/O and no dependency may enter here.
 */
@NullMarked
package io.hamesh.model;

import org.jspecify.annotations.NullMarked;
