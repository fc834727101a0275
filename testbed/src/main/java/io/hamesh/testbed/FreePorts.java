package io.hamesh.testbed;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Ports of this machine for programs that tests start: none is given twice, because who asked may bind his later. Nor is the
 * one after it, where HAProxy answers gRPC probes. Each JVM has a block of its own, since Maven tests several modules at a
 * time.
 */
public final class FreePorts {
    /** Past Kubernetes' own ports. */
    private static final int FIRST = 10_300;

    /** Below those that a client's own end is taken from, and below node ports: one of those could be taken just then. */
    private static final int END = 29_500;

    private static final int BLOCK = 2_400;
    private static final FreePorts OWN = IntStream.iterate(FIRST, first -> first < END, first -> first + BLOCK)
            .mapToObj(FreePorts::listen)
            .flatMap(Optional::stream)
            .findFirst()
            .map(FreePorts::new)
            .orElseThrow(() -> new IllegalStateException("no free block of ports between " + FIRST + " and " + END));

    /** Listens on the block's first port: the block is this JVM's for as long as it lives. */
    private final ServerSocket mark;

    private int last;

    private FreePorts(ServerSocket mark) {
        this.mark = mark;
        last = mark.getLocalPort();
    }

    public static int next() {
        return OWN.give();
    }

    private synchronized int give() {
        int end = mark.getLocalPort() + BLOCK;
        while ((last += 2) + 1 < end) {
            if (isFree(last) && isFree(last + 1)) {
                return last;
            }
        }
        throw new IllegalStateException("all ports up to " + end + " have been given");
    }

    private static boolean isFree(int port) {
        try (ServerSocket server = new ServerSocket(port)) {
            return server.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static Optional<ServerSocket> listen(int port) {
        try {
            return Optional.of(new ServerSocket(port));
        } catch (IOException taken) {
            return Optional.empty();
        }
    }
}
