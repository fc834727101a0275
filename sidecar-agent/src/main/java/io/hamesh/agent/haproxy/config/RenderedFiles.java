package io.hamesh.agent.haproxy.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All files that HAProxy reads from the shared volume, in the order in which to write them: what others refer to first.
 *
 * @param contents text by file name
 */
public record RenderedFiles(Map<String, String> contents) {
    public RenderedFiles {
        contents = Collections.unmodifiableMap(new LinkedHashMap<>(contents));
    }

    /** Names only: the contents hold the pod's key. */
    @Override
    public String toString() {
        return "RenderedFiles" + contents.keySet();
    }
}
