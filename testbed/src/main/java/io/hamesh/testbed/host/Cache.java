package io.hamesh.testbed.host;

import java.nio.file.Path;
import java.util.Map;

/** Where everything lives that the testbed makes: outside the checkout, so that a fresh clone finds it again. */
public record Cache(Path root) {
    public static Cache fromEnvironment(Map<String, String> environment) {
        var own = environment.get("HAMESH_CACHE");
        if (own != null && !own.isBlank()) {
            return new Cache(Path.of(own).toAbsolutePath());
        }
        var xdg = environment.get("XDG_CACHE_HOME");
        var base = xdg != null && !xdg.isBlank() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return new Cache(base.toAbsolutePath().resolve("hamesh"));
    }

    public Path binaries() {
        return root.resolve("bin");
    }

    /** State of the cluster; what survives {@code down} is the image store only. */
    public Path cluster() {
        return root.resolve("cluster");
    }

    public Path buildah() {
        return root.resolve("buildah");
    }

    /** The HAProxy image's files, for tests that run HAProxy without a cluster. */
    public Path haproxyRoots() {
        return root.resolve("haproxy");
    }

    /** For half-made things; whoever holds the lock may clear it. */
    public Path scratch() {
        return root.resolve("tmp");
    }

    /** Values files that point the chart at what was built. */
    public Path helm() {
        return root.resolve("helm");
    }

    public Path k3s() {
        return root.resolve("k3s");
    }

    /** How long the steps of the last command took. */
    public Path timings() {
        return root.resolve("timings.txt");
    }

    public Path lock() {
        return root.resolve("lock");
    }
}
