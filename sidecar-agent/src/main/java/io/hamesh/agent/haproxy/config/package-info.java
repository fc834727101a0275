/**
 * What HAProxy is to run, as the text of its files ({@link HaproxyConfig}). Nothing here reads, writes or asks anything: the
 * same snapshot gives the same bytes.
 */
@NullMarked
package io.hamesh.agent.haproxy.config;

import org.jspecify.annotations.NullMarked;
