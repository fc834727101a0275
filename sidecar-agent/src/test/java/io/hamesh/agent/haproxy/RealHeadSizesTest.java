package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Heads of 60 KB through two sidecars, to an application that tells how long they were and answers with as long a one. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class RealHeadSizesTest {
    private static final int SIZE = 60_000;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Protocol.class,
            names = {"HTTP", "HTTP2"})
    void headOfSixtyKilobytesPassesBothWaysAndALongerOneIsTheCallersFault(Protocol protocol, @TempDir Path directory)
            throws Exception {
        int www = pods(protocol, directory);
        await().until(() -> TestCaller.get(www, "/").startsWith("HTTP/1.1 200"));
        String answer = TestCaller.get(www, "/", "X-Big: " + "a".repeat(SIZE) + "\r\n");
        assertThat(answer).startsWith("HTTP/1.1 200").contains("x-seen: " + SIZE + " 1\r\n");
        assertThat(answer).contains("x-back: " + "a".repeat(SIZE) + "\r\n");
        assertThat(TestCaller.get(www, "/" + "b".repeat(SIZE)))
                .startsWith("HTTP/1.1 200")
                .contains("x-seen: " + (SIZE + 1) + "\r\n");
        assertThat(TestCaller.get(www, "/", "X-Big: " + "a".repeat(SIZE + 10_000) + "\r\n"))
                .startsWith("HTTP/1.1 431");
        assertThat(TestCaller.get(www, "/" + "b".repeat(SIZE + 10_000))).startsWith("HTTP/1.1 414");
    }

    /** @return the port on which `www` calls `redis` */
    private int pods(Protocol protocol, Path directory) throws Exception {
        int app = application(protocol, directory);
        TestCa ca = new TestCa(directory, "ca");
        TestPod redis = pod(directory.resolve("redis"));
        TestPod www = pod(directory.resolve("www"));
        int port = FreePorts.next();
        redis.apply(of("redis", ca).speaking(protocol).onPort(app).allow("www").build());
        www.apply(of("www", ca)
                .clientOnly()
                .calling("redis", port, protocol, redis.endpoint())
                .build());
        return port;
    }

    private TestPod pod(Path directory) throws IOException, InterruptedException {
        TestPod pod = new TestPod(directory);
        open.add(pod);
        return pod;
    }

    /** HAProxy is an application that speaks HTTP/2 as well. */
    private int application(Protocol protocol, Path directory) throws IOException, InterruptedException {
        int port = FreePorts.next();
        Path home = Files.createDirectories(directory.resolve("app"));
        Path config = home.resolve("app.cfg");
        Files.writeString(config, """
                global
                  tune.bufsize 131072
                defaults
                  mode http
                  timeout client 10s
                frontend app
                  bind 127.0.0.1:%d%s
                  http-request return status 200 hdr x-seen "%%[req.hdr(x-big),length] %%[url,length]" hdr x-back "%%[req.hdr(x-big)]"
                """.formatted(port, protocol.isHttp2Only() ? " proto h2" : ""));
        Process process = HaproxyRoot.start(home, home, home.resolve("log"), "-f", config.toString());
        open.add(() -> {
            process.destroy();
            process.onExit().join();
        });
        return port;
    }

    private static Snapshots of(String name, TestCa ca) throws IOException, InterruptedException {
        Leaf leaf = ca.leaf(Snapshots.id(name));
        return Snapshots.of(name)
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem());
    }
}
