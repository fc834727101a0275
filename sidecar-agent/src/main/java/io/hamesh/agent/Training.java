package io.hamesh.agent;

import io.hamesh.agent.consul.ConsulClient;
import io.hamesh.agent.consul.ConsulWatches;
import io.hamesh.agent.haproxy.config.HaproxyConfig;
import io.hamesh.agent.haproxy.config.Salt;
import io.hamesh.agent.lifecycle.PodEnvironment;
import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.SnapshotAssembler;
import io.hamesh.agent.sockets.PodSockets;
import io.hamesh.model.BootstrapSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/**
 * Walks the agent's main road once, against a Consul of its own that knows a handful of answers, so that the AOT cache
 * made of this run holds the classes of a real start.
 */
final class Training {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Map<String, String> ANSWERS = Map.of(
            "/v1/agent/connect/ca/leaf/www",
            """
            {"CertPEM":"-----BEGIN CERTIFICATE-----\\ntraining\\n-----END CERTIFICATE-----\\n",
             "PrivateKeyPEM":"training","ServiceURI":"spiffe://training.consul/ns/default/dc/dc1/svc/www",
             "ValidBefore":"2026-01-01T00:00:00Z"}""",
            "/v1/connect/ca/roots",
            """
            {"TrustDomain":"training.consul",
             "Roots":[{"RootCert":"-----BEGIN CERTIFICATE-----\\ntraining\\n-----END CERTIFICATE-----\\n"}]}""",
            "/v1/connect/intentions/match",
            """
            {"www":[{"SourceNS":"default","SourceName":"web","Action":"allow","Precedence":9}]}""",
            "/v1/discovery-chain/redis",
            """
            {"Chain":{"Protocol":"tcp","Default":true}}""",
            "/v1/health/connect/redis",
            """
            [{"Node":{"Address":"192.0.2.1"},"Service":{"Address":"192.0.2.2","Port":20000}}]""");

    private Training() {}

    static void run(Log log) throws IOException, InterruptedException {
        try (ServerSocket consul = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(consul));
            BootstrapSettings settings = BootstrapSettings.fromEnvironment(Map.of(
                    BootstrapSettings.CLUSTER,
                    "training",
                    BootstrapSettings.CONSUL_ADDRESS,
                    "http://127.0.0.1:" + consul.getLocalPort(),
                    BootstrapSettings.SERVICE,
                    "www",
                    BootstrapSettings.PORT,
                    "8080",
                    BootstrapSettings.PROTOCOL,
                    "http",
                    BootstrapSettings.UPSTREAMS,
                    "redis:6379",
                    BootstrapSettings.PROBE_PREFIX + "www.readiness",
                    "http 8080 /"));
            MeshSnapshot snapshot = follow(settings, log);
            int files = HaproxyConfig.render(snapshot, new Salt("0".repeat(64)))
                    .contents()
                    .size();
            new PodSockets(settings.service(), log).ports();
            log.info("trained", "files", files);
        }
    }

    private static MeshSnapshot follow(BootstrapSettings settings, Log log) throws InterruptedException {
        SnapshotAssembler assembler = new SnapshotAssembler(
                settings.service(), PodEnvironment.addresses(Map.of(BootstrapSettings.POD_IPS, "192.0.2.3")));
        ConsulClient client = new ConsulClient(settings.consulAddress(), PATIENCE, log, InstantSource.system());
        try (ConsulWatches watches = new ConsulWatches(client, assembler, log, InstantSource.system())) {
            watches.follow(settings.service());
            return assembler
                    .awaitOtherThan(Optional.empty(), PATIENCE)
                    .orElseThrow(() -> new IllegalStateException("no snapshot: " + assembler.missing()));
        }
    }

    private static void serve(ServerSocket consul) {
        while (!consul.isClosed()) {
            try {
                Socket socket = consul.accept();
                Thread.ofVirtual().start(() -> answer(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    /** One answer a connection, and none to a query that waits for news. */
    private static void answer(Socket socket) {
        try {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String question = in.readLine();
            if (question == null || question.contains("index=")) {
                return;
            }
            // GET PATH?QUERY HTTP/1.1
            String path = question.split("[ ?]", 3)[1];
            byte[] body = ANSWERS.getOrDefault(path, "null").getBytes(StandardCharsets.UTF_8);
            String head = "HTTP/1.1 200 OK\r\nX-Consul-Index: 1\r\nConnection: close\r\nContent-Length: " + body.length
                    + "\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(body);
            socket.close();
        } catch (IOException e) {
            // The agent has seen enough and hung up.
        }
    }
}
