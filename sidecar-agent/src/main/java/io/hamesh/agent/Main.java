package io.hamesh.agent;

import io.hamesh.agent.consul.ConsulClient;
import io.hamesh.agent.consul.ConsulWatches;
import io.hamesh.agent.haproxy.HaproxyApplier;
import io.hamesh.agent.lifecycle.Build;
import io.hamesh.agent.lifecycle.DataPlaneWriter;
import io.hamesh.agent.lifecycle.PodEnvironment;
import io.hamesh.agent.lifecycle.StatusReport;
import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.PodAddresses;
import io.hamesh.agent.snapshot.SnapshotAssembler;
import io.hamesh.agent.sockets.PodSockets;
import io.hamesh.model.BootstrapSettings;
import java.io.IOException;
import java.security.Security;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** The sidecar agent of one pod. With {@code --train} it rehearses instead, for the image's AOT cache. */
public final class Main {
    private static final Duration WAIT = Duration.ofMinutes(5);
    private static final int EXIT_SETTINGS = 2;
    private static final int EXIT_STALE = 3;

    private Main() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        forgetNamesQuickly();
        Log log = Log.toStandardOutput();
        Optional<Build> build = Build.of(Main.class);
        if (Arrays.asList(args).contains("--train")) {
            Training.run(log);
            if (build.isPresent()) {
                build.get().noteTrained();
            }
            return;
        }
        if (build.isPresent()) {
            refuseStaleCache(build.get(), log);
        }
        try {
            run(System.getenv(), build.map(Build::id).orElse("none"), log);
        } catch (IllegalArgumentException e) {
            log.warn("settings-invalid", "error", e.getMessage());
            System.exit(EXIT_SETTINGS);
        }
    }

    private static void run(Map<String, String> env, String build, Log log) throws InterruptedException {
        BootstrapSettings settings = BootstrapSettings.fromEnvironment(env);
        PodAddresses pod = PodEnvironment.addresses(env);
        ConsulClient client = client(settings, log);
        log.info(
                "start",
                "service",
                settings.service().name(),
                "consul",
                settings.consulAddress(),
                "pod-ips",
                String.join(",", pod.ips()),
                "ipv6-loopback",
                pod.ipv6Loopback(),
                "build",
                build);
        endOnSignal(log);
        SnapshotAssembler assembler = new SnapshotAssembler(settings.service(), pod);
        try (ConsulWatches watches = new ConsulWatches(client, assembler, log, InstantSource.system())) {
            watches.follow(settings.service());
            PodSockets sockets = new PodSockets(settings.service(), log);
            StatusReport status =
                    new StatusReport(settings.service(), sockets::ports, watches::contact, InstantSource.system(), log);
            new DataPlaneWriter(assembler, new HaproxyApplier(log), status, log).run();
        }
    }

    private static ConsulClient client(BootstrapSettings settings, Log log) {
        try {
            return new ConsulClient(settings.consulAddress(), WAIT, log, InstantSource.system());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(BootstrapSettings.CONSUL_ADDRESS + ": " + e.getMessage(), e);
        }
    }

    /** Consul may get another address, or its name may not resolve yet: a pod must not remember that. */
    private static void forgetNamesQuickly() {
        Security.setProperty("networkaddress.cache.ttl", "5");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }

    /**
     * Ends at once and well when the kubelet says so. HAProxy is gone by then (sidecars stop in reverse order), and every
     * file is whole at any time, so that nothing is left to do.
     */
    private static void endOnSignal(Log log) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            log.info("stop");
            Runtime.getRuntime().halt(0);
        }));
    }

    private static void refuseStaleCache(Build build, Log log) throws IOException {
        Optional<String> other = build.staleCache();
        if (other.isPresent()) {
            log.warn("aot-cache-stale", "build", build.id(), "cache-of", other.get(), "fix", "build the image anew");
            System.exit(EXIT_STALE);
        }
    }
}
