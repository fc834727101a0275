/**
 * The two kinds of worker: one does things by their keys, one at a time each and several together, tried again until it
 * works; the other goes round for as long as the operator runs. What they do, the features say; nothing here knows it.
 */
@NullMarked
package io.hamesh.operator.work;

import org.jspecify.annotations.NullMarked;
