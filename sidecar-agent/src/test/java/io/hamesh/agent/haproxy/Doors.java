package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;

/** All ways to a {@link HeedlessApp} in the mesh, and its sidecar and a caller's on the real HAProxy. */
final class Doors implements AutoCloseable {
    enum Door {
        /** The mesh port, by a member without our sidecar: raw bytes inside TLS. */
        INBOUND,
        UPSTREAM,
        UNSECURED;

        /** From outside only an application that speaks HTTP/2 is spoken to in it. */
        boolean takesHttp2BesideHttp1() {
            return this == UPSTREAM;
        }
    }

    static final String FORGED = "X-Forwarded-Client-Cert: URI=spiffe://forged\r\n";

    private final int appPort = FreePorts.next();
    private final int rawPort = FreePorts.next();
    private final int upstreamPort = FreePorts.next();
    private final int unsecuredPort = FreePorts.next();
    private final String root;
    private final Leaf serviceLeaf;
    private final Leaf callerLeaf;
    private final TestPod service;
    private final TestPod caller;
    final HeedlessApp app;

    Doors(Path directory) throws Exception {
        TestCa ca = new TestCa(directory, "ca");
        root = ca.certificate();
        serviceLeaf = ca.leaf(Snapshots.id("api"));
        callerLeaf = ca.leaf(Snapshots.id("www"));
        app = new HeedlessApp(appPort);
        service = new TestPod(directory.resolve("api"));
        caller = new TestPod(directory.resolve("www"));
    }

    void nothingForged() {
        assertThat(app.seen()).noneMatch(seen -> seen.contains("forged"));
    }

    String get(Door door, String headers) throws IOException {
        try (Socket socket = connect(door)) {
            return head(socket, "GET / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
        }
    }

    /** The head of the answer; a body of two bytes is read with it. */
    static String head(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                return head.toString();
            }
            head.append((char) c);
        }
        if (head.toString().contains("content-length: 2\r\n")) {
            socket.getInputStream().readNBytes(2);
        }
        return head.toString();
    }

    Socket connect(Door door) throws IOException {
        return TestPod.connect(port(door));
    }

    int port(Door door) {
        return switch (door) {
            case INBOUND -> rawPort;
            case UPSTREAM -> upstreamPort;
            case UNSECURED -> unsecuredPort;
        };
    }

    /** The caller's pod asks for the same upgrades: each pod says what its own sidecar lets pass. */
    void start(Protocol protocol, List<String> upgrades) throws Exception {
        service.apply(service(protocol, upgrades).allow("www").build());
        caller.apply(Snapshots.of("www")
                .clientOnly()
                .upgrades(upgrades)
                .at(false, "127.0.0.1")
                .roots(root)
                .leaf(callerLeaf.certificatePem(), callerLeaf.privateKeyPem())
                .calling("api", upstreamPort, protocol, service.endpoint())
                .calling("api", rawPort, Protocol.TCP, service.endpoint())
                .build());
    }

    private Snapshots service(Protocol protocol, List<String> upgrades) {
        return Snapshots.of("api")
                .speaking(protocol)
                .onPort(appPort)
                .unsecured(unsecuredPort)
                .upgrades(upgrades)
                .at(false, "127.0.0.1")
                .roots(root)
                .leaf(serviceLeaf.certificatePem(), serviceLeaf.privateKeyPem());
    }

    /** Meanwhile nobody is allowed to call. */
    void deny() throws Exception {
        service.apply(service(Protocol.HTTP, List.of()).deny("www").build());
    }

    @Override
    public void close() throws IOException {
        caller.close();
        service.close();
        app.close();
    }
}
