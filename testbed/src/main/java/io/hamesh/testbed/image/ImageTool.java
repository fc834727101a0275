package io.hamesh.testbed.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A program that builds images from Containerfiles. */
public interface ImageTool {
    /** What to build; the context is the folder that the Containerfile copies from. */
    record Build(String reference, Path containerfile, Path context, Map<String, String> arguments) {}

    boolean has(String reference);

    void build(Build build, Consumer<String> line);

    /** Writes an archive that containerd and Docker can load. */
    void save(String reference, Path archive);

    /** Removes an image whose content is out of date; the layers that others use stay. */
    void remove(String reference);

    /** References of all images whose repository begins so. */
    List<String> references(String repositoryPrefix);

    /** Whether it can fetch the base images that the Containerfiles name by default. */
    boolean reachesRegistries();
}
