package io.hamesh.operator.ownership;

import java.util.List;

/**
 * Which intentions allow a name as an exact source. Such a name never changes its namespace by itself: whoever had it next
 * would be let in by intentions that were meant for somebody else.
 */
@FunctionalInterface
public interface Pins {
    /**
     * Who allows that name, in words for an administrator; empty where nobody does.
     *
     * @throws io.hamesh.operator.consul.ConsulException where Consul would have to be asked and cannot say
     */
    List<String> of(String service);
}
