package io.hamesh.testbed.binaries;

import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Path;
import java.util.List;

/** Folders with kube-apiserver, kubelet, kubectl, helm, coredns, pause …, and with consul. */
public record Binaries(Path kubernetes, Path consul) {
    /** Builds what is not in the cache yet. Call under the lock. */
    public static Binaries ensure(Cache cache, Checkout checkout, Steps steps) {
        var build = new GoBuild(cache, steps);
        var binaries =
                new Binaries(build.ensure(GoModule.kubernetes(checkout)), build.ensure(GoModule.consul(checkout)));
        for (var old : Trees.list(cache.binaries())) {
            if (!binaries.folders().contains(old)) {
                Trees.deleteTree(old);
            }
        }
        return binaries;
    }

    public List<Path> folders() {
        return List.of(kubernetes, consul);
    }

    public Path program(String name) {
        return folderOf(name).resolve(name);
    }

    public Path folderOf(String program) {
        return program.equals("consul") ? consul : kubernetes;
    }
}
