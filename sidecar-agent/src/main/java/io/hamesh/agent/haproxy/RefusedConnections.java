package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.ConnectionBounds;
import io.hamesh.haproxy.Cli;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Counts what HAProxy refused because of its bounds, over all workers: each new worker counts from 0. */
final class RefusedConnections {
    private static final Pattern VALUE = Pattern.compile("value=<(\\d+)>");

    private final Cli cli;
    private long all;
    private long last;

    RefusedConnections(Cli cli) {
        this.cli = cli;
    }

    /** Connections and requests refused until now. As many as at the last call if HAProxy does not answer. */
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
