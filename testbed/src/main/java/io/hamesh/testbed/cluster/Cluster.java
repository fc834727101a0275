package io.hamesh.testbed.cluster;

import io.hamesh.testbed.image.Image;
import io.hamesh.testbed.image.ImageTool;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A cluster on one of the roads. Callers hold the lock while they change it. */
public sealed interface Cluster permits ExistingCluster, K3sCluster, NativeCluster {
    /** Where its kubeconfig is while it runs; empty if it does not. */
    Optional<Path> running();

    /** Brings it up, or finds it up; true if it was this call that started it. */
    boolean up();

    /** Takes it down and removes what it left; nothing happens where there is nothing. */
    void down();

    /** Makes images available to pods. */
    void load(List<Image> images);

    /** Builds images for this cluster; empty if it takes them from a registry. */
    Optional<ImageTool> imageTool();

    /** For people: what runs, where, since when. */
    String status();

    /** Log files of the node's own processes, kubelet and containerd among them; empty where they are out of reach. */
    List<Path> logs();

    /** Folders with kubectl, helm and, where there is one, consul; empty means the PATH. */
    List<Path> programs();
}
