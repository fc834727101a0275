package io.hamesh.testbed.road;

import io.hamesh.testbed.host.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** What decides the road. Docker's answer costs a process, so it is asked for only where it matters. */
public record Machine(Optional<Path> kubeconfig, boolean dockerAnswers, boolean linux, boolean root) {
    public static Machine inspect(Map<String, String> environment) {
        var told = Optional.ofNullable(environment.get("HAMESH_KUBECONFIG"))
                .filter(value -> !value.isBlank())
                .map(Path::of);
        return new Machine(told, told.isEmpty() && askDocker(), onLinux(), isRoot());
    }

    private static boolean askDocker() {
        // A client without an engine prints its own half and fails; the server's version is what counts.
        var result =
                Command.of("docker", "info", "--format", "{{.ServerVersion}}").run();
        return result.ok() && !result.output().isBlank();
    }

    private static boolean onLinux() {
        return System.getProperty("os.name").equals("Linux");
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (java.io.IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
