/**
 * How a log line looks. Callers write {@code LOG.atInfo().addKeyValue("pod", name).log("registered")}: what happened in
 * words, what it happened to as fields. Text or JSON is the value {@code operator.log.format}. Nothing logs from here.
 */
@NullMarked
package io.hamesh.operator.log;

import org.jspecify.annotations.NullMarked;
