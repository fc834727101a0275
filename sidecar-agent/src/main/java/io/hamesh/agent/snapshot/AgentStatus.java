package io.hamesh.agent.snapshot;

import java.time.Instant;
import java.util.Optional;
import java.util.SortedSet;

/**
 * What the data plane tells others about this pod and its agent, also when the agent is dead: times, no ages.
 *
 * @param openPorts the application's ports open beyond loopback; empty when the kernel does not tell
 * @param unready why the pod is not to be ready; empty when it may be
 */
public record AgentStatus(Optional<SortedSet<Integer>> openPorts, Optional<String> unready, Figures figures) {
    /**
     * What the agent counts.
     *
     * @param consulContact everything that is in force is what Consul said then, or later
     * @param applied when the last snapshot was, and {@code snapshots} how many since {@code started}
     * @param refused connections beyond the pod's bounds
     * @param leafEnd when the pod's certificate ends
     */
    public record Figures(
            Instant started,
            Instant consulContact,
            Instant applied,
            long snapshots,
            long reloads,
            long refused,
            Instant leafEnd) {}

    /** As long as nothing is known: nothing may be taken for true. */
    public static AgentStatus unknown() {
        Instant never = Instant.EPOCH;
        return new AgentStatus(Optional.empty(), Optional.empty(), new Figures(never, never, never, 0, 0, 0, never));
    }
}
