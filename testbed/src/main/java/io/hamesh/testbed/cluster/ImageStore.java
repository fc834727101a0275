package io.hamesh.testbed.cluster;

import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.Trees;
import io.hamesh.testbed.image.Image;
import io.hamesh.testbed.image.ImageTool;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The node's containerd: what it has, and bringing in what it has not. */
final class ImageStore {
    private static final String SOCKET = "/run/hamesh-containerd/containerd.sock";

    private final NodeProcess node;
    private final Path scratch;

    ImageStore(NodeProcess node, Path scratch) {
        this.node = node;
        this.scratch = scratch;
    }

    void load(List<Image> images, ImageTool tool, Steps steps) {
        var present = present();
        for (var image : images) {
            if (!present.contains(image.reference())) {
                steps.step("loading " + image.reference(), progress -> {
                    progress.outcome(bringIn(image, tool));
                    return image;
                });
            }
            // A name may stand for another image than last time.
            image.aliases().forEach(alias -> ctr("images", "tag", "--force", image.reference(), alias)
                    .output());
        }
    }

    /** Removes our images that the builder has replaced. Only right after start: later a pod may need one to restart. */
    void forgetReplaced(ImageTool tool, String prefix) {
        var current = Set.copyOf(tool.references(prefix));
        var replaced = present().stream()
                .filter(name -> name.startsWith(prefix) && !current.contains(name))
                .toList();
        if (!replaced.isEmpty()) {
            ctr("images", "rm").and(replaced).output();
        }
    }

    private String bringIn(Image image, ImageTool tool) {
        var archive = Trees.folder(scratch).resolve("image.tar");
        tool.save(image.reference(), archive);
        ctr("images", "import", archive.toString()).output();
        var size = archive.toFile().length() >> 20;
        Trees.delete(archive);
        return size + " MB";
    }

    private Set<String> present() {
        return Set.copyOf(ctr("images", "ls", "--quiet").output().lines().toList());
    }

    private Command ctr(String... words) {
        return node.enter("ctr", "--address", SOCKET, "--namespace", "k8s.io").and(words);
    }
}
