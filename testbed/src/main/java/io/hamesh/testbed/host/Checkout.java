package io.hamesh.testbed.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The project's checkout, from which images, modules and the chart are taken. */
public record Checkout(Path root) {
    /** HAMESH_ROOT, else the folder of this process or the nearest one above that looks like the project. */
    public static Checkout find(Map<String, String> environment, Path from) {
        var told = environment.get("HAMESH_ROOT");
        if (told != null && !told.isBlank()) {
            return new Checkout(Path.of(told).toAbsolutePath());
        }
        for (var folder = from.toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.isDirectory(folder.resolve("deploy/platform/kubernetes"))) {
                return new Checkout(folder);
            }
        }
        throw new TestbedException(
                "no HAmesh checkout at or above " + from.toAbsolutePath() + ": run inside one, or set HAMESH_ROOT");
    }

    public Path at(String path) {
        return root.resolve(path);
    }
}
