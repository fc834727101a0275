package io.hamesh.e2e;

import io.hamesh.model.ContainerNames;
import java.util.regex.Pattern;

/**
 * One more HAProxy in a pod's HAProxy container: what the pod's own one runs, on other ports, with the identity shim or
 * without it.
 */
record SecondProxy(RunningPod pod) implements AutoCloseable {
    private static final int SHIFT = 10_000;
    private static final String DIRECTORY = ContainerNames.VOLUME_PATH + "/second";
    private static final Pattern BIND = Pattern.compile("(?m)^(\\s*bind \\S*:)(\\d+)");

    static SecondProxy start(RunningPod pod, boolean withShim) {
        String config = BIND.matcher(pod.proxy().file("haproxy.cfg"))
                .replaceAll(match -> match.group(1) + (Integer.parseInt(match.group(2)) + SHIFT))
                .replace(ContainerNames.VOLUME_PATH + "/admin.sock", DIRECTORY + "/admin.sock");
        // What only the shim sets: without it HAProxy would not even start.
        String preload = withShim
                ? "env LD_PRELOAD=/usr/lib/hamesh/spiffe_verifyhost.so "
                : "env -u LD_PRELOAD SPIFFE_SESSIONS=bound ";
        pod.proxy()
                .shellWith(
                        config,
                        "umask 077; mkdir -p %1$s && cat > %1$s/haproxy.cfg && %2$shaproxy -D -p %1$s/pid -f %1$s/haproxy.cfg"
                                .formatted(DIRECTORY, preload));
        return new SecondProxy(pod);
    }

    /** Where this HAProxy listens for what the pod's own one listens for on {@code port}. */
    int port(int port) {
        return port + SHIFT;
    }

    @Override
    public void close() {
        pod.proxy()
                .shell("kill $(cat %1$s/pid); while kill -0 $(cat %1$s/pid) 2>/dev/null; do :; done; rm -r %1$s"
                        .formatted(DIRECTORY));
    }
}
