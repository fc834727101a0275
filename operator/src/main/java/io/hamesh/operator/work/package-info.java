/**
 * Work that is done for one thing at a time and for several things together, and tried again until it works.
 * What the things are, the features say; nothing here knows them.
 */
@NullMarked
package io.hamesh.operator.work;

import org.jspecify.annotations.NullMarked;
