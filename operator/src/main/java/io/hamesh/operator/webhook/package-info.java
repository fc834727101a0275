/**
 * The HTTPS server that the API server asks at admission, and the certificates that it makes, keeps and renews itself.
 * Knows admission reviews, not what they are about: features bring an {@code AdmissionHandler} each.
 */
@NullMarked
package io.hamesh.operator.webhook;

import org.jspecify.annotations.NullMarked;
