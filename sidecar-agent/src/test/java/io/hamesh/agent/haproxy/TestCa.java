package io.hamesh.agent.haproxy;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.model.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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
        return signed(
                identity,
                Instant.now().plus(Duration.ofDays(1)),
                "x509",
                "-req",
                "-CA",
                name + ".pem",
                "-CAkey",
                name + ".key",
                "-CAcreateserial",
                "-days",
                "1");
    }

    /** As short-lived as a test likes, where {@code x509} counts in days. */
    Leaf leafUntil(SpiffeId identity, Instant end) throws IOException, InterruptedException {
        Files.writeString(directory.resolve("ca.cnf"), """
                [ca]
                default_ca = own
                [own]
                database = index.txt
                serial = serial.txt
                new_certs_dir = .
                default_md = sha256
                policy = any
                unique_subject = no
                [any]
                commonName = optional
                """);
        Files.writeString(directory.resolve("index.txt"), "");
        DateTimeFormatter utc = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
        return signed(
                identity,
                end,
                "ca",
                "-batch",
                "-notext",
                "-rand_serial",
                "-config",
                "ca.cnf",
                "-cert",
                name + ".pem",
                "-keyfile",
                name + ".key",
                "-enddate",
                utc.format(end));
    }

    /** @param sign openssl's command that makes the certificate, without its files */
    private Leaf signed(SpiffeId identity, Instant end, String... sign) throws IOException, InterruptedException {
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
        List<String> command = new ArrayList<>(List.of(sign));
        command.addAll(List.of("-in", file + ".csr", "-extfile", extensions.toString(), "-out", file + ".pem"));
        openssl(command.toArray(String[]::new));
        return new Leaf(
                identity,
                Files.readString(directory.resolve(file + ".pem")),
                Files.readString(directory.resolve(file + ".key")),
                end);
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
