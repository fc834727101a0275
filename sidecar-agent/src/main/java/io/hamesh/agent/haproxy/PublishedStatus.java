package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.Layout;
import io.hamesh.agent.haproxy.config.RenderedFiles;
import io.hamesh.agent.haproxy.config.StatusMap;
import io.hamesh.agent.snapshot.AgentStatus;
import io.hamesh.haproxy.RuntimeApi;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** Publishes the agent's status in HAProxy: in the file that HAProxy reads when it starts, then in its memory. */
final class PublishedStatus {
    private final Layout layout;
    private final FilesOnDisk disk;
    private final RuntimeApi api;

    PublishedStatus(Layout layout, FilesOnDisk disk, RuntimeApi api) {
        this.layout = layout;
        this.disk = disk;
        this.api = api;
    }

    /** HAProxy does not start from a configuration whose map is missing. */
    void ensureFile() throws IOException {
        if (!Files.exists(layout.file(Layout.STATUS))) {
            write(StatusMap.lines(AgentStatus.unknown()));
        }
    }

    /** @throws IOException when HAProxy was not told; it reads the file when it starts */
    void publish(AgentStatus status) throws IOException {
        List<String> lines = StatusMap.lines(status);
        write(lines);
        api.replaceMap(layout.file(Layout.STATUS), lines);
    }

    private void write(List<String> lines) throws IOException {
        disk.write(new RenderedFiles(Map.of(Layout.STATUS, String.join("", lines))));
    }
}
