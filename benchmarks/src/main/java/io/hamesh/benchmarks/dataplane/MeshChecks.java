package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.ConsulApi.Leaf;
import io.hamesh.testbed.host.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Checks that a candidate is a mesh: its answers are right, it takes none from an upstream with another identity, and it
 * lets in only callers that are allowed. Beside each refusal the same way is tried with the right certificate.
 */
record MeshChecks(Pod caller, String load, Path memory, StartedProcesses processes, Impostor impostor) {
    /** More than a minute: a Consul agent that failed to tell of a check tells it again after that long. */
    private static final Duration PATIENCE = Duration.ofSeconds(150);

    /**
     * Fails with what the candidate does wrong.
     *
     * @param foreign a CA that it must not trust
     */
    void check(Candidate candidate, ConsulApi foreign) {
        for (Protocol protocol : Protocol.values()) {
            Load asked = Load.closed(protocol, 1);
            await(
                    candidate.name() + " to answer over " + protocol.id(),
                    () -> asked.isAnswered(caller, load, candidate.address(protocol)));
        }
        if (candidate instanceof Mesh mesh) {
            checkUpstream(mesh, foreign);
            for (Protocol protocol : Protocol.values()) {
                checkInbound(mesh, protocol, foreign);
            }
        }
    }

    private void checkUpstream(Mesh mesh, ConsulApi foreign) {
        Leaf right = mesh.authority().leaf(mesh.impersonated());
        awaitTaken(mesh, right);
        refuseFrom(mesh, mesh.authority().leaf(Lab.STRANGER), "another service's certificate");
        awaitTaken(mesh, right);
        refuseFrom(mesh, foreign.leaf(mesh.impersonated()), "a certificate of another CA");
        awaitTaken(mesh, right);
    }

    private void awaitTaken(Mesh mesh, Leaf right) {
        impostor.show(right);
        await(mesh.name() + " to take the answer of an upstream with the right certificate", () -> isTaken(mesh));
    }

    private void refuseFrom(Mesh mesh, Leaf leaf, String shown) {
        impostor.show(leaf);
        if (isTaken(mesh)) {
            throw new IllegalStateException(mesh.name() + " takes an answer from an upstream that shows " + shown);
        }
    }

    private boolean isTaken(Mesh mesh) {
        return Load.closed(Protocol.HTTP, 1).isAnswered(caller, load, mesh.impostor());
    }

    private void checkInbound(Mesh mesh, Protocol protocol, ConsulApi foreign) {
        Leaf own = mesh.authority().leaf(mesh.caller());
        await(
                mesh.name() + " to let in its caller over " + protocol.id(),
                () -> isLetIn(mesh, protocol, Optional.of(own)));
        refuse(mesh, protocol, Optional.of(foreign.leaf(mesh.caller())), "a caller that another CA has signed");
        refuse(mesh, protocol, Optional.of(mesh.authority().leaf(Lab.STRANGER)), "a service that no intention allows");
        refuse(mesh, protocol, Optional.empty(), "a caller without a certificate");
        if (!isLetIn(mesh, protocol, Optional.of(own))) {
            throw new IllegalStateException(mesh.name() + " no longer lets in its caller over " + protocol.id()
                    + " once it has refused others");
        }
    }

    private void refuse(Mesh mesh, Protocol protocol, Optional<Leaf> leaf, String whom) {
        if (isLetIn(mesh, protocol, leaf)) {
            throw new IllegalStateException(mesh.name() + " lets in " + whom + " over " + protocol.id());
        }
    }

    /** Whether who shows that certificate, or none, gets an answer from the application's proxy. */
    private boolean isLetIn(Mesh mesh, Protocol protocol, Optional<Leaf> leaf) {
        Path file = memory.resolve("identity.pem");
        try {
            if (leaf.isPresent()) {
                Files.writeString(file, leaf.get().certificate() + leaf.get().key());
            }
            return Load.closed(protocol, 1)
                    .isAnsweredByTls(caller, load, mesh.inbound(protocol), leaf.map(shown -> file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            deleteIfThere(file);
        }
    }

    private void await(String what, BooleanSupplier condition) {
        Wait.until(what, PATIENCE, () -> {
            processes.requireAll();
            return condition.getAsBoolean();
        });
    }

    private static void deleteIfThere(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
