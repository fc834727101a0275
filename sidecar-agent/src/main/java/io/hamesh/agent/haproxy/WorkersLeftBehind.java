package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.ConnectionBounds;
import io.hamesh.agent.haproxy.config.LargeTransfers;
import io.hamesh.agent.haproxy.config.UnsecuredSection;
import io.hamesh.agent.log.Log;
import io.hamesh.haproxy.Cli;
import io.hamesh.haproxy.CommandRefusedException;
import io.hamesh.model.Protocol;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells the current worker how many connections are still open in the workers that reloads left behind. All share the
 * container's memory, so the current worker's bounds have to count them too; by itself it counts only its own.
 */
final class WorkersLeftBehind {
    private static final Pattern OPEN = Pattern.compile("(?m)^CurrConns: (\\d+)$");

    /** A line of {@code show stat}: the fifth field is what is open now. */
    private static final Pattern UNSECURED =
            Pattern.compile("(?m)^" + UnsecuredSection.FRONTEND + ",FRONTEND,[^,]*,[^,]*,(\\d+),");

    private static final Pattern LARGE = Pattern.compile("conn_cur=(\\d+)");

    private final MasterCli master;
    private final Cli current;
    private final Log log;
    private boolean any;
    private int transfer;
    private long told;

    WorkersLeftBehind(MasterCli master, Cli current, Log log) {
        this.master = master;
        this.current = current;
        this.log = log;
    }

    /**
     * To be called after a reload: one more worker is left behind, and the new one has been told nothing.
     *
     * @param protocol what the service speaks, by which a large transfer counts
     */
    void reloaded(Protocol protocol) {
        any = true;
        transfer = LargeTransfers.more(protocol);
        told = 0;
        count();
    }

    /** Counts, and tells the current worker. Does nothing while no worker is left behind. */
    void count() {
        if (!any) {
            return;
        }
        try {
            long connections = 0;
            any = false;
            for (long pid : master.workers().old()) {
                any = true;
                connections += open(pid);
            }
            tell(connections);
        } catch (IOException e) {
            any = true;
            log.warn("old-workers-not-counted", "error", e.getMessage());
        }
    }

    /**
     * Open connections as the bounds count them: those of the unsecured port twice, and large transfers as several. 0
     * for a worker that has ended meanwhile.
     */
    private long open(long pid) throws IOException {
        Cli worker = master.worker(pid);
        return number(OPEN, worker.ask("show info"))
                + number(UNSECURED, worker.ask("show stat"))
                + transfer * number(LARGE, worker.ask("show table " + LargeTransfers.TABLE));
    }

    private static long number(Pattern pattern, String answer) {
        Matcher found = pattern.matcher(answer);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    private void tell(long connections) throws IOException {
        if (connections != told) {
            String answer = current.ask(
                    "experimental-mode on; set var " + ConnectionBounds.LEFT_BEHIND + " int(" + connections + ")");
            if (!answer.isBlank()) {
                throw new CommandRefusedException("set var", answer);
            }
            told = connections;
        }
    }
}
