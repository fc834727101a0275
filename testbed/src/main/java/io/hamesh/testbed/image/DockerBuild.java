package io.hamesh.testbed.image;

import io.hamesh.testbed.host.Command;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Builds with the Docker engine; base images are the public ones that the Containerfiles name. */
public final class DockerBuild implements ImageTool {
    @Override
    public boolean has(String reference) {
        return Command.of("docker", "image", "inspect", reference).run().ok();
    }

    @Override
    public void build(Build build, Consumer<String> line) {
        var command = Command.of("docker", "build", "--tag", build.reference())
                .and("--file", build.containerfile().toString());
        for (var argument : build.arguments().entrySet()) {
            command = command.and("--build-arg", argument.getKey() + "=" + argument.getValue());
        }
        command.and(build.context().toString()).eachLine(line);
    }

    @Override
    public void save(String reference, Path archive) {
        Command.of("docker", "save", "--output", archive.toString(), reference).output();
    }

    @Override
    public boolean reachesRegistries() {
        return true;
    }

    @Override
    public void remove(String reference) {
        Command.of("docker", "image", "rm", reference).run();
    }

    @Override
    public List<String> references(String repositoryPrefix) {
        return Command.of("docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}")
                .output()
                .lines()
                .filter(reference -> reference.startsWith(repositoryPrefix))
                .sorted()
                .toList();
    }
}
