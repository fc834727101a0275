package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.evidence.Redaction;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Files with what each mesh was configured as, without secrets. */
record KeptConfigurations(Path folder) {
    static KeptConfigurations besideLogs() {
        return new KeptConfigurations(StartedProcesses.LOGS.resolve("configurations"));
    }

    /** The folder, unless the mesh has no files. */
    Optional<Path> keep(Mesh mesh) {
        Map<String, String> files = mesh.configuration();
        if (files.isEmpty()) {
            return Optional.empty();
        }
        Path own = Trees.folder(folder.resolve(mesh.name().replaceAll("[^A-Za-z]+", "-")));
        files.forEach((name, content) -> Trees.write(own.resolve(name), Redaction.of(content)));
        return Optional.of(own);
    }
}
