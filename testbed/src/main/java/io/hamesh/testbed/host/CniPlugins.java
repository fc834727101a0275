package io.hamesh.testbed.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where distributions put the CNI plugins. */
public final class CniPlugins {
    static final List<Path> FOLDERS =
            List.of(Path.of("/usr/lib/cni"), Path.of("/usr/libexec/cni"), Path.of("/opt/cni/bin"));

    private CniPlugins() {}

    public static Path folder() {
        return FOLDERS.stream()
                .filter(folder -> Files.exists(folder.resolve("bridge")))
                .findFirst()
                .orElseThrow(() -> new TestbedException("no CNI plugin \"bridge\" in any of " + FOLDERS));
    }
}
