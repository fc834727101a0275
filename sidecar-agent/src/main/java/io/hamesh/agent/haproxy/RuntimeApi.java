package io.hamesh.agent.haproxy;

import io.hamesh.agent.haproxy.config.IntentionMap;
import io.hamesh.agent.haproxy.config.Layout;
import io.hamesh.agent.haproxy.config.Pem;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Policy;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** HAProxy's runtime commands, each with the answer that means success; any other is an error, whatever it says. */
final class RuntimeApi {
    private static final Pattern NEW_VERSION = Pattern.compile("New version created: (\\d+)");

    /** A command must fit into tune.bufsize, 16 KB. */
    private static final int CHUNK = 12_000;

    private final Cli cli;
    private final Layout layout;

    RuntimeApi(Cli cli, Layout layout) {
        this.cli = cli;
        this.layout = layout;
    }

    Cli cli() {
        return cli;
    }

    /** {@code show info} by field name. */
    Map<String, String> info() throws IOException {
        Map<String, String> info = new HashMap<>();
        cli.ask("show info").lines().forEach(line -> {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                info.put(line.substring(0, colon), line.substring(colon + 2));
            }
        });
        return info;
    }

    void addServer(String server, String address, String options) throws IOException {
        expect("add server", server + " " + address + " " + options, "New server registered");
        silent("enable health", server);
        silent("enable server", server);
    }

    void enableServer(String server) throws IOException {
        silent("enable server", server);
    }

    void disableServer(String server) throws IOException {
        silent("disable server", server);
    }

    /** False while the server has streams. */
    boolean deleteServer(String server) throws IOException {
        String answer = cli.ask("del server " + server);
        if (answer.contains("Server deleted") || answer.contains("No such server")) {
            return true;
        }
        if (answer.contains("still has connections") || answer.contains("cannot be removed")) {
            return false;
        }
        throw new CommandRefusedException("del server", answer);
    }

    /** The whole policy in one step: requests are judged by the old one until the commit, by the new one after. */
    void replacePolicy(Policy policy) throws IOException {
        replaceMap(Layout.INTENTIONS, IntentionMap.lines(policy));
    }

    /** All lines of that file's map in one step. */
    void replaceMap(String file, List<String> lines) throws IOException {
        String map = layout.file(file).toString();
        Matcher created = NEW_VERSION.matcher(cli.ask("prepare map " + map));
        if (!created.find()) {
            throw new CommandRefusedException("prepare map", "no new version");
        }
        String version = "@" + created.group(1) + " " + map;
        StringBuilder chunk = new StringBuilder();
        for (String line : lines) {
            if (chunk.length() + line.length() > CHUNK) {
                silent("add map", version + " <<\n" + chunk);
                chunk.setLength(0);
            }
            chunk.append(line);
        }
        if (!chunk.isEmpty()) {
            silent("add map", version + " <<\n" + chunk);
        }
        silent("commit map", version);
    }

    void replaceLeaf(Leaf leaf) throws IOException {
        String file = layout.file(Layout.LEAF).toString();
        expect("set ssl cert", file + " <<\n" + Pem.leaf(leaf), "ransaction");
        expect("commit ssl cert", file, "Success");
    }

    /** One root a command: together they may not fit into a buffer. */
    void replaceRoots(List<String> roots) throws IOException {
        String file = layout.file(Layout.ROOTS).toString();
        for (int i = 0; i < roots.size(); i++) {
            String verb = i == 0 ? "set ssl ca-file" : "add ssl ca-file";
            expect(verb, file + " <<\n" + Pem.withoutEmptyLines(roots.get(i)), "ransaction");
        }
        expect("commit ssl ca-file", file, "Success");
    }

    private void silent(String verb, String arguments) throws IOException {
        String answer = cli.ask(verb + " " + arguments);
        if (!answer.isBlank()) {
            throw new CommandRefusedException(verb, answer);
        }
    }

    private void expect(String verb, String arguments, String success) throws IOException {
        String answer = cli.ask(verb + " " + arguments);
        if (!answer.contains(success)) {
            throw new CommandRefusedException(verb, answer);
        }
    }
}
