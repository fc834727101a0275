package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.Layout;
import io.hamesh.agent.snapshot.DataPlaneException;
import io.hamesh.agent.snapshot.PodAddresses;
import io.hamesh.haproxy.RuntimeApi;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Waits until HAProxy answers: at the start, because its container may start after the agent's, and after a reload. */
final class HaproxyStart {
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Layout layout;
    private final MasterCli master;
    private final RuntimeApi api;

    HaproxyStart(Layout layout, MasterCli master, RuntimeApi api) {
        this.layout = layout;
        this.master = master;
        this.api = api;
    }

    /** Waits until it answers on both sockets, in a version that may be used. */
    void await(Duration patience) throws DataPlaneException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                master.workers();
                HaproxyProcess.of(api.info());
                return;
            } catch (IOException e) {
                pauseOrFail(deadline, "HAProxy does not answer yet: " + e.getMessage());
            }
        }
    }

    /** Waits until the master's current worker is the one that answers on the socket, and {@code /started} is 200. */
    HaproxyProcess awaitServing(PodAddresses pod, Duration patience) throws DataPlaneException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                HaproxyProcess process = HaproxyProcess.of(api.info());
                if (process.pid() == master.workers().current() && isServing(pod)) {
                    return process;
                }
                pauseOrFail(deadline, "HAProxy was reloaded but does not serve");
            } catch (IOException e) {
                pauseOrFail(deadline, "HAProxy was reloaded but does not answer: " + e.getMessage());
            }
        }
    }

    private boolean isServing(PodAddresses pod) throws IOException {
        InetSocketAddress ops = new InetSocketAddress(pod.hasIpv4() ? "127.0.0.1" : "::1", layout.opsPort());
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(1000);
            socket.connect(ops, 1000);
            socket.getOutputStream().write("GET /started HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            byte[] line = socket.getInputStream().readNBytes("HTTP/1.x 200".length());
            return new String(line, StandardCharsets.US_ASCII).endsWith(" 200");
        }
    }

    private static void pauseOrFail(long deadline, String problem) throws DataPlaneException, InterruptedException {
        if (System.nanoTime() > deadline) {
            throw new DataPlaneException(problem);
        }
        Thread.sleep(PAUSE);
    }
}
