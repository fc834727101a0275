package io.hamesh.agent.haproxy;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many connections and requests HAProxy's workers refused because of their bounds; each worker counts from 0. */
final class RefusedConnections {
    static final String VARIABLE = "proc.refused";

    private static final Pattern VALUE = Pattern.compile("value=<(\\d+)>");

    private final Cli cli;
    private long all;
    private long last;

    private static final String FULL = " if { var(txn.denied) -m str full }\n";

    RefusedConnections(Cli cli) {
        this.cli = cli;
    }

    /**
     * Counts and refuses a request that was found to be too many, {@code txn.denied} being {@code full}.
     *
     * @param rules the name of the rules and what is before it: {@code http-request}, {@code http-response}
     */
    static void full(StringBuilder out, String rules) {
        out.append(rules).append("set-var(" + VARIABLE + ") var(" + VARIABLE + "),add(1)" + FULL);
        out.append(rules).append("deny deny_status 503 hdr x-hamesh-denied full" + FULL);
    }

    /** What was known before, where HAProxy does not say. */
    long soFar() {
        try {
            Matcher value = VALUE.matcher(cli.ask("get var " + VARIABLE));
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
