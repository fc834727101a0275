package io.hamesh.testbed.image;

import io.hamesh.testbed.host.Cache;
import io.hamesh.testbed.host.Command;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Builds without a daemon, with storage of its own in the cache: the machine's other images are not touched. */
public final class Buildah implements ImageTool {
    private final Path storage;

    public Buildah(Cache cache) {
        this.storage = cache.buildah();
    }

    @Override
    public boolean has(String reference) {
        return buildah("inspect", "--type", "image", reference).run().ok();
    }

    @Override
    public void build(Build build, Consumer<String> line) {
        // Working containers here are those of interrupted builds: the caller holds the lock.
        buildah("rm", "--all").run();
        var command = buildah("bud", "--isolation", "chroot", "--layers", "--force-rm", "--pull-never")
                .and("--tag", build.reference(), "--file", build.containerfile().toString());
        var ignore = build.context().resolve(".dockerignore");
        if (Files.exists(ignore)) {
            command = command.and("--ignorefile", ignore.toString());
        }
        for (var argument : build.arguments().entrySet()) {
            command = command.and("--build-arg", argument.getKey() + "=" + argument.getValue());
        }
        command.and(build.context().toString()).eachLine(line);
    }

    @Override
    public void save(String reference, Path archive) {
        Trees.delete(archive);
        buildah("push", "--quiet", reference, "docker-archive:" + archive + ":" + reference)
                .output();
    }

    /** Copies the image's root folder, as a container would see it, into an empty one. */
    public void unpack(String reference, Path folder) {
        // The mount lives in this one process's namespace: nothing to clean up, however it ends.
        var script = "container=$($0 \"$@\" from --pull-never \"$image\")"
                + " && cp -a \"$($0 \"$@\" mount \"$container\")\"/. \"$folder\" && $0 \"$@\" rm \"$container\"";
        Command.of("unshare", "--mount", "sh", "-c", script, "buildah")
                .and("--root", storage.resolve("root").toString())
                .and("--runroot", storage.resolve("run").toString())
                .with("image", reference)
                .with("folder", folder.toString())
                .output();
    }

    @Override
    public boolean reachesRegistries() {
        return false;
    }

    @Override
    public void remove(String reference) {
        buildah("rmi", reference).run();
    }

    @Override
    public List<String> references(String repositoryPrefix) {
        return buildah("images", "--noheading", "--format", "{{.Name}}:{{.Tag}}")
                .output()
                .lines()
                .filter(reference -> reference.startsWith(repositoryPrefix))
                .sorted()
                .toList();
    }

    private Command buildah(String... words) {
        // Its mounts end with it, however it ends. The run root is in the cache as well: two caches must not share it.
        return Command.of(
                        "unshare",
                        "--mount",
                        "buildah",
                        "--root",
                        storage.resolve("root").toString())
                .and("--runroot", storage.resolve("run").toString())
                .and(words);
    }
}
