package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.Layout;
import io.hamesh.agent.haproxy.config.RenderedFiles;
import io.hamesh.agent.haproxy.config.Salt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** The files in the shared volume. A reader sees the old or the new one, never a part; nobody else may read them. */
final class FilesOnDisk {
    private final Layout layout;

    FilesOnDisk(Layout layout) {
        this.layout = layout;
    }

    /** All are written before the first is put in place: a full volume changes nothing. */
    void write(RenderedFiles files) throws IOException {
        for (Map.Entry<String, String> file : files.contents().entrySet()) {
            stage(file.getKey(), file.getValue());
        }
        for (String name : files.contents().keySet()) {
            Files.move(staged(name), layout.file(name), StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** The pod's secret: made once, and the same for every agent and HAProxy that starts here later. */
    Salt salt() throws IOException {
        Path file = layout.file(Layout.SALT);
        if (!Files.exists(file)) {
            stage(Layout.SALT, Salt.random().hex() + "\n");
            Files.move(staged(Layout.SALT), file, StandardCopyOption.ATOMIC_MOVE);
        }
        return new Salt(Files.readString(file).strip());
    }

    private Path staged(String name) {
        return layout.file("." + name + ".new");
    }

    private void stage(String name, String content) throws IOException {
        Path file = staged(name);
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, content);
    }
}
