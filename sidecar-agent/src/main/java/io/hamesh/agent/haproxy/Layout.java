package io.hamesh.agent.haproxy;

import io.hamesh.model.MeshPorts;
import java.nio.file.Path;

/**
 * Where HAProxy and the agent meet. A test that runs several pods on one host gives each its own.
 *
 * @param directory the memory volume that both containers mount
 * @param fetches the Lua file of the HAProxy image
 */
public record Layout(Path directory, Path fetches, int inboundPort, int opsPort, int statsPort) {
    static final String CONFIG = "haproxy.cfg";
    static final String LEAF = "leaf.pem";
    static final String ROOTS = "roots.pem";
    static final String INTENTIONS = "intentions.map";
    static final String SALT = "salt";

    /** What the agent says of itself and the pod: see {@link StatusMap}. */
    static final String STATUS = "status.map";

    /** Inside every injected pod. */
    public static final Layout IN_POD = new Layout(
            Path.of("/run/hamesh"),
            Path.of("/etc/hamesh/spiffe.lua"),
            MeshPorts.INBOUND,
            MeshPorts.OPS,
            MeshPorts.STATS);

    /** What answers TCP probes; beside the other Lua file. */
    Path tcpProbe() {
        return fetches.resolveSibling("tcp_probe.lua");
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    Path adminSocket() {
        return directory.resolve("admin.sock");
    }

    Path masterSocket() {
        return directory.resolve("master.sock");
    }
}
