package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.ConsulApi.Leaf;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Checks that a candidate is a mesh: its answers are right, it takes none from an upstream with another identity, and it
 * lets in only callers that are allowed. Its own caller, by the same way, is the control.
 */
record Honesty(Pod caller, String load, Path memory, Background background) {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * Fails with what the candidate does wrong.
     *
     * @param foreign a CA that it must not trust
     */
    void check(Candidate candidate, ConsulApi foreign) {
        for (Protocol protocol : Protocol.values()) {
            Wait.until(candidate.name() + " to answer over " + protocol.id(), PATIENCE, () -> {
                background.requireAll();
                return Load.closed(protocol, 1).isAnswered(caller, load, candidate.address(protocol));
            });
        }
        if (candidate instanceof Mesh mesh) {
            if (Load.closed(Protocol.HTTP, 1).isAnswered(caller, load, mesh.impostor())) {
                throw new IllegalStateException(
                        mesh.name() + " takes an answer from who shows another service's certificate");
            }
            Leaf own = mesh.authority().leaf(mesh.caller());
            Wait.until(mesh.name() + " to let in its caller", PATIENCE, () -> isLetIn(mesh, own));
            if (isLetIn(mesh, foreign.leaf(mesh.caller()))) {
                throw new IllegalStateException(mesh.name() + " lets in whom another CA has signed");
            }
            if (isLetIn(mesh, mesh.authority().leaf(Lab.STRANGER))) {
                throw new IllegalStateException(mesh.name() + " lets in a service that no intention allows");
            }
        }
    }

    /** Whether who shows that certificate gets an answer from the application's proxy. */
    private boolean isLetIn(Mesh mesh, Leaf leaf) {
        Path identity = memory.resolve("identity.pem");
        try {
            Files.writeString(identity, leaf.certificate() + leaf.key());
            Command call = caller.enter(List.of(
                    load,
                    "call",
                    "-protocol=http",
                    "-identity=" + identity,
                    "-target=" + mesh.inbound(Protocol.HTTP),
                    "-connections=1",
                    "-warm-up=0s",
                    "-duration=200ms"));
            Command.Result result = call.run();
            return result.ok() && Load.isRight(result.output());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deleteIfThere(identity);
        }
    }

    private static void deleteIfThere(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
