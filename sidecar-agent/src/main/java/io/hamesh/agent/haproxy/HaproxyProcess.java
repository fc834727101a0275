package io.hamesh.agent.haproxy;

import io.hamesh.agent.snapshot.DataPlaneException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The HAProxy worker that answers; a reload or a restart makes another one. The pid alone does not tell them apart,
 * because a container that starts anew has the same pids again.
 */
record HaproxyProcess(long pid, String startTime) {
    private static final Pattern VERSION = Pattern.compile("3\\.2\\.(\\d+).*");
    private static final int FIRST_TESTED = 26;

    /**
     * Reads {@code show info}.
     *
     * @throws DataPlaneException for a version whose identity checks are not proven: 3.3 and later send SNI by
     *     themselves, which replaces the name to verify; before 3.2.26 a new CA breaks the servers' certificates
     */
    static HaproxyProcess of(Map<String, String> info) throws DataPlaneException {
        String version = info.getOrDefault("Version", "unknown");
        Matcher matcher = VERSION.matcher(version);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) < FIRST_TESTED) {
            throw new DataPlaneException(
                    "HAProxy " + version + " is not supported: expected 3.2.26 or later of the 3.2 line");
        }
        return new HaproxyProcess(
                Long.parseLong(info.getOrDefault("Pid", "0")), info.getOrDefault("Start_time_sec", ""));
    }
}
