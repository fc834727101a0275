package io.hamesh.testbed;

import io.hamesh.testbed.binaries.Binaries;
import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.MachineLock;
import io.hamesh.testbed.host.Packages;
import io.hamesh.testbed.host.Requirement;
import io.hamesh.testbed.host.SharedFolders;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.image.Buildah;
import io.hamesh.testbed.image.ImageBuilder;
import io.hamesh.testbed.road.Machine;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * Real programs for tests that need no cluster. Made once and cached, like all that the testbed makes; none where this is
 * not root on Linux, so that a test can say that it was skipped.
 */
public final class Tools {
    private static final Steps STEPS = new Steps(System.err);

    private Tools() {}

    /** The root folder of the HAProxy image: HAProxy and its libraries, the identity shim, the Lua file. */
    public static Optional<Path> haproxyRoot() {
        return isPossible() ? Optional.of(locked(Tools::unpackHaproxy)) : Optional.empty();
    }

    /** Consul's program. */
    public static Optional<Path> consul() {
        return isPossible()
                ? Optional.of(locked((cache, checkout) ->
                        Binaries.ensure(cache, checkout, STEPS).program("consul")))
                : Optional.empty();
    }

    /** Both ends of the data plane's benchmark; see {@code benchmarks/load}. */
    public static Optional<Path> loadProgram() {
        return isPossible()
                ? Optional.of(locked((cache, checkout) -> Binaries.load(cache, checkout, STEPS)))
                : Optional.empty();
    }

    /** Helm's program: the platform's, or where that cannot be built the one on the PATH. */
    public static Optional<Path> helm() {
        if (isPossible()) {
            return Optional.of(locked(
                    (cache, checkout) -> Binaries.ensure(cache, checkout, STEPS).program("helm")));
        }
        return Command.of("helm", "version").run().ok() ? Optional.of(Path.of("helm")) : Optional.empty();
    }

    /** A C compiler for Linux, with the C library's headers. */
    public static Optional<Path> compiler() {
        if (isPossible()) {
            return Optional.of(locked((cache, checkout) -> {
                Packages.ensure(Requirement.COMPILER, STEPS);
                return Path.of("gcc");
            }));
        }
        boolean there = Machine.inspect(Map.of()).linux()
                && Command.of("gcc", "--version").run().ok();
        return there ? Optional.of(Path.of("gcc")) : Optional.empty();
    }

    private static boolean isPossible() {
        Machine machine = Machine.inspect(Map.of());
        return machine.linux() && machine.root();
    }

    private interface Make {
        Path in(Cache cache, Checkout checkout);
    }

    private static Path locked(Make make) {
        var cache = Cache.fromEnvironment(System.getenv());
        var checkout = Checkout.find(System.getenv(), Path.of(""));
        return MachineLock.holding(cache, STEPS, () -> {
            Packages.ensure(Requirement.NATIVE, STEPS);
            return make.in(cache, checkout);
        });
    }

    private static Path unpackHaproxy(Cache cache, Checkout checkout) {
        var buildah = new Buildah(cache);
        var image = new ImageBuilder(cache, checkout, buildah, STEPS)
                .projectImage("haproxy", Map.of("BASE", "runtime", "BUILD_BASE", "build"));
        return new SharedFolders(cache.haproxyRoots(), Clock.systemUTC())
                .use(image.tag(), folder -> buildah.unpack(image.reference(), folder));
    }
}
