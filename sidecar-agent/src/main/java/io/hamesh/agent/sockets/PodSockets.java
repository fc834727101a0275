package io.hamesh.agent.sockets;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.AppPorts;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.ServiceSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Which ports the application listens on, looked up as often as {@link LookBudget} allows. For one thread. */
public final class PodSockets {
    /** The pod's network namespace is the agent's own. */
    private static final Path PROC_NET = Path.of("/proc/net");

    private final Path procNet;
    private final ServiceSettings service;
    private final Log log;
    private final ProcNetTcp lines = new ProcNetTcp(ByteOrder.nativeOrder());
    private final LookBudget budget = new LookBudget();
    private Optional<AppPorts> known = Optional.empty();
    private final SocketCount tcp;
    private final SocketCount tcp6;
    private final LastingChange change = new LastingChange();
    private boolean failing;

    public PodSockets(ServiceSettings service, Log log) {
        this(PROC_NET, service, log);
    }

    PodSockets(Path procNet, ServiceSettings service, Log log) {
        this.procNet = procNet;
        this.service = service;
        this.log = log;
        this.tcp = SocketCount.ofIpv4(procNet);
        this.tcp6 = SocketCount.ofIpv6(procNet);
    }

    /** What was seen last, which is seconds old at most where little changes; empty when the kernel does not tell. */
    public Optional<AppPorts> ports() {
        long now = System.nanoTime();
        try {
            long counts = ((long) tcp.read() << Integer.SIZE) + tcp6.read();
            if (budget.isDue(now, change.isSeen(counts) || failing)) {
                known = Optional.of(appPorts(listening()));
                change.looked(counts);
                failing = false;
                budget.spent(now, System.nanoTime() - now);
            }
        } catch (IOException | IllegalArgumentException e) {
            known = Optional.empty();
            budget.spent(now, System.nanoTime() - now);
            if (!failing) {
                failing = true;
                log.warn("sockets-unknown", "reason", e.toString(), "effect", "open ports are not seen");
            }
        }
        return known;
    }

    private List<ListeningSocket> listening() throws IOException {
        List<ListeningSocket> found = new ArrayList<>();
        read("tcp", found);
        if (Files.exists(procNet.resolve("tcp6"))) {
            read("tcp6", found);
        }
        return found;
    }

    private void read(String file, List<ListeningSocket> found) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(procNet.resolve(file), StandardCharsets.US_ASCII)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.parse(line).ifPresent(found::add);
            }
        }
    }

    private AppPorts appPorts(List<ListeningSocket> sockets) {
        TreeSet<Integer> open = new TreeSet<>();
        TreeSet<Integer> loopback = new TreeSet<>();
        for (ListeningSocket socket : sockets) {
            if (!isOurs(socket)) {
                (socket.loopback() ? loopback : open).add(socket.port());
            }
        }
        return new AppPorts(open, loopback);
    }

    /** By port and by owner: an application that takes one of our ports hides nothing. */
    private boolean isOurs(ListeningSocket socket) {
        int port = socket.port();
        boolean taken = MeshPorts.isReserved(port)
                || service.unsecuredPort().stream().anyMatch(own -> own == port)
                || (socket.loopback() && service.upstreamOn(port).isPresent());
        return taken && socket.uid() == ContainerNames.UID;
    }
}
