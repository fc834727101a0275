package io.hamesh.agent.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import io.hamesh.model.SpiffeId;
import io.hamesh.testbed.FreePorts;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A service-resolver in Consul leads an upstream elsewhere. It is not followed yet, and everybody concerned is told. */
@Tag("integration")
@EnabledIf("io.hamesh.agent.haproxy.HaproxyRoot#exists")
class RedirectedUpstreamTest {
    @Test
    void callerIsToldWhereItWouldLead(@TempDir Path directory) throws Exception {
        TestCa ca = new TestCa(directory, "ca");
        SpiffeId www = Snapshots.id("www");
        Leaf leaf = ca.leaf(www);
        int upstream = FreePorts.next();
        try (TestPod pod = new TestPod(directory.resolve("www"))) {
            Snapshots plain = Snapshots.of("www")
                    .clientOnly()
                    .at(false, "127.0.0.1")
                    .roots(ca.certificate())
                    .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                    .calling("api", upstream, Protocol.HTTP);
            pod.apply(plain.build());
            assertThat(TestCaller.get(upstream, "/"))
                    .startsWith("HTTP/1.1 503 ")
                    .contains("none is there");

            pod.apply(plain.redirectedTo("api-v2").build());
            assertThat(TestCaller.get(upstream, "/"))
                    .startsWith("HTTP/1.1 503 ")
                    .endsWith(
                            "\r\n\r\nhamesh: the caller's sidecar, of www: no endpoint of api takes it: a service-resolver"
                                    + " in Consul redirects it to api-v2, which HAmesh does not follow yet\n");
        }
    }
}
