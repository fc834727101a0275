/**
 * What HAProxy is to run, as the text of its files ({@link HaproxyConfig}). Nothing here reads, writes or asks anything: the
 * same snapshot gives the same bytes.
 *
 * <p>A class named {@code …Section} writes one section of the configuration. What several sections need of one subject is
 * written by the class that is named after it, for example {@link ConnectionBounds}, {@link Upgrades}, {@link ErrorAnswers}.
 */
@NullMarked
package io.hamesh.agent.haproxy.config;

import org.jspecify.annotations.NullMarked;
