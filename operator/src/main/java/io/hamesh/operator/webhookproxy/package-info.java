/**
 * The HAProxy in front of this pod's webhook ({@code src/main/haproxy}): its files, and what it is told by its runtime API.
 * Knows neither reviews nor who made the certificate.
 */
@NullMarked
package io.hamesh.operator.webhookproxy;

import org.jspecify.annotations.NullMarked;
