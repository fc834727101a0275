package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.ServerLine;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.Snapshots;
import io.hamesh.model.Protocol;
import io.hamesh.testbed.FreePorts;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Two real sidecars, of `www` which calls and of `api` which is called; and the way to the same application past the mesh. */
final class CallerAndCalled implements AutoCloseable {
    /** The upstream on the caller's loopback. */
    final int upstream = FreePorts.next();

    /** The called pod's port for callers outside the mesh. */
    final int unsecured = FreePorts.next();

    final TestPod caller;
    final List<TestPod> called = new ArrayList<>();
    private final TestCa ca;
    private final Protocol protocol;

    /** @param apps where the applications of the called pods listen, one each */
    CallerAndCalled(Path directory, Protocol protocol, int... apps) throws Exception {
        this.protocol = protocol;
        ca = new TestCa(Files.createDirectories(directory), "ca");
        List<Endpoint> endpoints = new ArrayList<>();
        for (int app : apps) {
            TestPod pod = new TestPod(directory.resolve("api-" + called.size()));
            called.add(pod);
            pod.apply(api(app));
            endpoints.add(pod.endpoint());
        }
        caller = new TestPod(directory.resolve("www"));
        call(endpoints.toArray(Endpoint[]::new));
    }

    /** From now on the upstream has these endpoints. */
    void call(Endpoint... endpoints) throws Exception {
        caller.apply(www(endpoints));
    }

    /** The names of the caller's backends for the upstream. */
    List<String> backends() throws Exception {
        return www().upstreams().stream()
                .flatMap(state -> ServerLine.backends(state).stream())
                .toList();
    }

    private MeshSnapshot api(int app) throws Exception {
        Leaf leaf = ca.leaf(Snapshots.id("api"));
        Snapshots api = Snapshots.of("api")
                .speaking(protocol)
                .onPort(app)
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .allow("www");
        return (called.size() == 1 ? api.unsecured(unsecured) : api).build();
    }

    private MeshSnapshot www(Endpoint... endpoints) throws Exception {
        Leaf leaf = ca.leaf(Snapshots.id("www"));
        return Snapshots.of("www")
                .clientOnly()
                .at(false, "127.0.0.1")
                .roots(ca.certificate())
                .leaf(leaf.certificatePem(), leaf.privateKeyPem())
                .calling("api", upstream, protocol, endpoints)
                .build();
    }

    Socket connect() throws Exception {
        return TestPod.connect(upstream);
    }

    @Override
    public void close() {
        called.forEach(TestPod::close);
        caller.close();
    }
}
