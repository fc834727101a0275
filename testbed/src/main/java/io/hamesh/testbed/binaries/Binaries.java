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
        return new Binaries(build.ensure(GoModule.kubernetes(checkout)), build.ensure(GoModule.consul(checkout)));
    }

    /** The program of the data plane's benchmark. Built unless it is in the cache; call under the lock. */
    public static Path load(Cache cache, Checkout checkout, Steps steps) {
        return new GoBuild(cache, steps).ensure(GoModule.load(checkout)).resolve("load");
    }

    /** Removes other versions. Only while no cluster runs: one of another checkout restarts from its own programs. */
    public void forgetOthers(Cache cache) {
        Trees.list(cache.binaries()).stream()
                .filter(folder -> !folders().contains(folder))
                .forEach(Trees::deleteTree);
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
