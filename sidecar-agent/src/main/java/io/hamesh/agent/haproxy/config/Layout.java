package io.hamesh.agent.haproxy.config;

import io.hamesh.model.MeshPorts;
import java.nio.file.Path;

/**
 * Where HAProxy and the agent meet. A test that runs several pods on one host gives each its own.
 *
 * @param directory the memory volume that both containers mount
 * @param fetches the Lua file of the HAProxy image
 */
public record Layout(Path directory, Path fetches, int inboundPort, int opsPort, int statsPort) {
    public static final String CONFIG = "haproxy.cfg";
    public static final String LEAF = "leaf.pem";
    public static final String ROOTS = "roots.pem";
    public static final String INTENTIONS = "intentions.map";
    public static final String SALT = "salt";

    /** What the agent says of itself and the pod: see {@link StatusMap}. */
    public static final String STATUS = "status.map";

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

    public Path file(String name) {
        return directory.resolve(name);
    }

    public Path adminSocket() {
        return directory.resolve("admin.sock");
    }

    public Path masterSocket() {
        return directory.resolve("master.sock");
    }
}
