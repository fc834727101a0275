/** The operator: injection, registration and intentions. */
@NullMarked
package io.hamesh.operator;

import org.jspecify.annotations.NullMarked;
