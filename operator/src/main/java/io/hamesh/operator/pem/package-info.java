/** Certificates and keys as PEM text. */
@NullMarked
package io.hamesh.operator.pem;

import org.jspecify.annotations.NullMarked;
