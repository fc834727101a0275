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

    public static AppPorts of(Collection<Integer> open, Collection<Integer> loopback) {
        return new AppPorts(new TreeSet<>(open), new TreeSet<>(loopback));
    }
}
