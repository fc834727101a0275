/**
 * Who may be a service: a name belongs to one Kubernetes namespace, the first that claims it, or to those that the values
 * list. Claims live in Consul's key-value store; what becomes of one is decided purely, in {@code Succession}. Knows
 * neither pods nor intentions: those who have them say who claims, and ask.
 */
@NullMarked
package io.hamesh.operator.ownership;

import org.jspecify.annotations.NullMarked;
