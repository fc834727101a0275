package io.hamesh.agent.haproxy;

import io.hamesh.haproxy.Cli;
import io.hamesh.haproxy.CommandRefusedException;
import io.hamesh.model.ProbeSecret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The command line of HAProxy's master process: reloads, and reaches the workers that earlier reloads left behind. */
final class MasterCli {
    /** Process ids: of the worker that takes new connections, and of those that only finish open ones. */
    record Workers(long current, List<Long> old) {}

    private final Cli cli;
    private final Cli reloading;

    /**
     * Both lead to the master's socket.
     *
     * @param cli for commands that are answered at once
     * @param reloading has more patience: a reload is answered when it is over
     */
    MasterCli(Cli cli, Cli reloading) {
        this.cli = cli;
        this.reloading = reloading;
    }

    /**
     * Returns when the new worker runs, or the old one goes on.
     *
     * @throws CommandRefusedException when HAProxy did not take the files
     */
    void reload() throws IOException {
        String answer = reloading.ask("reload");
        if (!answer.startsWith("Success=1")) {
            throw new CommandRefusedException("reload", alerts(answer));
        }
    }

    Workers workers() throws IOException {
        List<Long> current = new ArrayList<>();
        List<Long> old = new ArrayList<>();
        List<Long> section = current;
        for (String line : cli.ask("show proc").lines().toList()) {
            if (line.startsWith("# old workers")) {
                section = old;
            }
            String[] fields = line.strip().split("\\s+", 3);
            if (fields.length > 1 && fields[1].equals("worker")) {
                section.add(Long.valueOf(fields[0]));
            }
        }
        if (current.isEmpty()) {
            throw new CommandRefusedException("show proc", "no worker runs");
        }
        return new Workers(current.getFirst(), old);
    }

    /** One worker's command line, through the master, because an old worker has no socket any more. */
    Cli worker(long pid) {
        return command -> cli.ask("@!" + pid + " " + command);
    }

    /** HAProxy's reasons, without the lines that quote a secret of the configuration. */
    private static String alerts(String answer) {
        return answer.lines()
                .filter(line -> line.contains("[ALERT]"))
                .filter(line -> !line.contains("SPIFFE_SALT") && !line.contains(ProbeSecret.HEADER))
                .collect(Collectors.joining("; "));
    }
}
