package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.ConnectionBounds;
import io.hamesh.haproxy.Cli;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many connections and requests HAProxy's workers refused because of their bounds; each worker counts from 0. */
final class RefusedConnections {
    private static final Pattern VALUE = Pattern.compile("value=<(\\d+)>");

    private final Cli cli;
    private long all;
    private long last;

    RefusedConnections(Cli cli) {
        this.cli = cli;
    }

    /** What was known before, where HAProxy does not say. */
    long soFar() {
        try {
            Matcher value = VALUE.matcher(cli.ask("get var " + ConnectionBounds.REFUSED));
            if (value.find()) {
                long now = Long.parseLong(value.group(1));
                all += now >= last ? now - last : now;
                last = now;
            }
        } catch (IOException silent) {
            return all;
        }
        return all;
    }
}
