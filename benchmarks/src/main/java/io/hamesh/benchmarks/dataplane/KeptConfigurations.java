package io.hamesh.benchmarks.dataplane;

import io.hamesh.testbed.evidence.Redaction;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Path;

/** Files with what each mesh was configured as, without secrets. */
record KeptConfigurations(Path folder) {
    static KeptConfigurations beside(Background background) {
        return new KeptConfigurations(background.logs().resolve("configurations"));
    }

    void keep(Mesh mesh) {
        Trees.folder(of(mesh));
        mesh.configuration().forEach((name, content) -> Trees.write(of(mesh).resolve(name), Redaction.of(content)));
    }

    Path of(Mesh mesh) {
        return folder.resolve(mesh.name().replaceAll("[^A-Za-z]+", "-"));
    }
}
