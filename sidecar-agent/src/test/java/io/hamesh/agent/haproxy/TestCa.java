package io.hamesh.agent.haproxy;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.model.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A CA as Consul's is, by the openssl command: P-256, leaves with one URI SAN. */
public final class TestCa {
    private final Path directory;
    private final String name;

    public TestCa(Path directory, String name) throws IOException, InterruptedException {
        this.directory = directory;
        this.name = name;
        openssl(
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                name + ".key",
                "-out",
                name + ".pem",
                "-addext",
                "basicConstraints=critical,CA:TRUE");
    }

    public String certificate() throws IOException {
        return Files.readString(directory.resolve(name + ".pem"));
    }

    public Leaf leaf(SpiffeId identity) throws IOException, InterruptedException {
        return leaf(identity, "-days", "1");
    }

    /** With openssl's own way to say the end of its life. */
    Leaf leaf(SpiffeId identity, String... life) throws IOException, InterruptedException {
        String file = name + "-" + identity.service() + "-" + System.nanoTime();
        Path extensions = directory.resolve(file + ".ext");
        Files.writeString(extensions, "subjectAltName=URI:" + identity.uri() + "\n");
        openssl(
                "req",
                "-new",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-subj",
                "/CN=x",
                "-keyout",
                file + ".key",
                "-out",
                file + ".csr");
        List<String> sign = new ArrayList<>(List.of(
                "x509",
                "-req",
                "-in",
                file + ".csr",
                "-CA",
                name + ".pem",
                "-CAkey",
                name + ".key",
                "-CAcreateserial",
                "-extfile",
                extensions.toString(),
                "-out",
                file + ".pem"));
        sign.addAll(List.of(life));
        openssl(sign.toArray(String[]::new));
        return new Leaf(
                identity,
                Files.readString(directory.resolve(file + ".pem")),
                Files.readString(directory.resolve(file + ".key")),
                Instant.now().plusSeconds(86_400));
    }

    private void openssl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("openssl " + arguments[0] + ": " + output);
        }
    }
}
