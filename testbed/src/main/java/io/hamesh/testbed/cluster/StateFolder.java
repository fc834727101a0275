package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Path;

/** Where the native cluster keeps its files. Only the image store outlives the cluster. */
record StateFolder(Path root) {
    static StateFolder of(Cache cache) {
        return new StateFolder(cache.cluster());
    }

    Path kubeconfig() {
        return root.resolve("kubeconfig");
    }

    Path pki() {
        return root.resolve("pki");
    }

    Path config() {
        return root.resolve("config");
    }

    Path components() {
        return root.resolve("components");
    }

    Path log() {
        return root.resolve("log");
    }

    Path run() {
        return root.resolve("run");
    }

    Path imageStore() {
        return root.resolve("containerd");
    }

    Path processFile() {
        return root.resolve("node.process");
    }

    /** etcd without fsync cannot be trusted after a kill, so everything but images starts from nothing. */
    void clear() {
        for (var entry : Trees.list(root)) {
            if (!entry.equals(imageStore())) {
                Trees.deleteTree(entry);
            }
        }
    }

    void create() {
        for (var folder : new Path[] {pki(), config().resolve("cni"), components(), log(), run(), imageStore()}) {
            Trees.folder(folder);
        }
    }
}
