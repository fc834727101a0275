/**
 * The end of an installation: what {@code helm uninstall} runs before it deletes anything, and what removes from Consul
 * what that leaves. Both speak to the person who ran the command, and both may be run again at any point.
 */
@NullMarked
package io.hamesh.operator.removal;

import org.jspecify.annotations.NullMarked;
