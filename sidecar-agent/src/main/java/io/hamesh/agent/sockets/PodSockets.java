package io.hamesh.agent.sockets;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.AppPorts;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.MeshPorts;
import io.hamesh.model.ServiceSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Which ports the application listens on. Looks at each question where the kernel has {@link SockDiag}; elsewhere into
 * {@link ProcNet}, and only every 20 s, because it may cost 20 ms. For one thread.
 */
public final class PodSockets {
    /** One way to the pod's listening sockets. */
    interface Listing {
        List<ListeningSocket> listening() throws IOException;
    }

    private static final long RARELY = Duration.ofSeconds(20).toNanos();

    private final Listing cheap;
    private final Listing dear;
    private final LongSupplier nanoTime;
    private final ServiceSettings service;
    private final Log log;
    private Optional<AppPorts> known = Optional.empty();
    private boolean cheapFails;
    private boolean dearFails;
    private long dearNotBefore;

    /**
     * In the pod's network namespace, which is the agent's own.
     *
     * @throws UnsatisfiedLinkError when the image's library is not in {@code java.library.path}
     */
    @SuppressWarnings("restricted") // the manifest allows native code
    public PodSockets(ServiceSettings service, Log log) {
        this(new SockDiag(), new ProcNet(Path.of("/proc/net")), System::nanoTime, service, log);
        System.loadLibrary(NetlinkSocket.LIBRARY);
    }

    PodSockets(Listing cheap, Listing dear, LongSupplier nanoTime, ServiceSettings service, Log log) {
        this.cheap = cheap;
        this.dear = dear;
        this.nanoTime = nanoTime;
        this.dearNotBefore = nanoTime.getAsLong();
        this.service = service;
        this.log = log;
    }

    /** Empty when the kernel does not tell. */
    public Optional<AppPorts> ports() {
        try {
            known = Optional.of(appPorts(cheap.listening()));
            cheapFails = false;
        } catch (IOException e) {
            if (!cheapFails) {
                cheapFails = true;
                log.warn("sock-diag-fails", "error", e, "effect", "open ports are looked for in /proc/net every 20 s");
            }
            lookRarely();
        }
        return known;
    }

    private void lookRarely() {
        long now = nanoTime.getAsLong();
        if (now - dearNotBefore < 0) {
            return;
        }
        dearNotBefore = now + RARELY;
        try {
            known = Optional.of(appPorts(dear.listening()));
            dearFails = false;
        } catch (IOException e) {
            known = Optional.empty();
            if (!dearFails) {
                dearFails = true;
                log.warn("sockets-unknown", "error", e, "effect", "open ports are not seen");
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
