package io.hamesh.agent.snapshot;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The TCP ports that the pod's own containers listen on; the sidecar's are not among them.
 *
 * @param open reached from outside the pod, past the mesh
 * @param loopback reached from inside only
 */
public record AppPorts(SortedSet<Integer> open, SortedSet<Integer> loopback) {
    public AppPorts {
        open = Collections.unmodifiableSortedSet(new TreeSet<>(open));
        loopback = Collections.unmodifiableSortedSet(new TreeSet<>(loopback));
    }

    /** Without those that are meant to be open. */
    public AppPorts meaning(Collection<Integer> open) {
        if (this.open.stream().noneMatch(open::contains)) {
            return this;
        }
        SortedSet<Integer> others = new TreeSet<>(this.open);
        others.removeAll(open);
        return new AppPorts(others, loopback);
    }

    public static AppPorts of(Collection<Integer> open, Collection<Integer> loopback) {
        return new AppPorts(new TreeSet<>(open), new TreeSet<>(loopback));
    }
}
