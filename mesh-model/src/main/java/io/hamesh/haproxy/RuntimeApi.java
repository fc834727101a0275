package io.hamesh.haproxy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Commands of HAProxy's runtime API (management guide, section 9.3), each with the answer that means success. Any other
 * answer is a {@link CommandRefusedException}.
 *
 * <p>Files and maps go by the path that stands in the configuration, servers by {@code backend/server}.
 */
public final class RuntimeApi {
    /** A server as HAProxy runs it. */
    public record Server(String name, String address, boolean inMaintenance) {}

    private static final Pattern NEW_VERSION = Pattern.compile("New version created: (\\d+)");
    // How the answers to `show info`, `show servers state` and `show ssl ca-file` begin.
    private static final String INFO = "Name: ";
    private static final String SERVERS = "1\n# be_id ";
    private static final String CA_FILE = "Filename: ";

    private static final String PAYLOAD = " <<\n";
    private static final String ADDED = "New server registered.";
    private static final String FINGERPRINT = "SHA1 FingerPrint: ";

    /** A command must fit into tune.bufsize, 16 KB. */
    private static final int CHUNK = 12_000;

    // Fields of a line of `show servers state`, and of one of `show map`.
    private static final int SERVER_NAME = 3;
    private static final int SERVER_ADDRESS = 4;
    private static final int ADMIN_STATE = 6;
    private static final int FORCED_MAINTENANCE = 1;
    private static final String ENTRY_POINTER = "0x";
    private static final int ENTRY_KEY = 1;

    private final Cli cli;

    public RuntimeApi(Cli cli) {
        this.cli = cli;
    }

    /** {@code show info} by field name. */
    public Map<String, String> info() throws IOException {
        String answer = cli.ask("show info");
        if (!answer.startsWith(INFO)) {
            throw new CommandRefusedException("show info", answer);
        }
        Map<String, String> info = new HashMap<>();
        answer.lines().forEach(line -> {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                info.put(line.substring(0, colon), line.substring(colon + 2));
            }
        });
        return info;
    }

    /** The servers of a backend, in the order in which HAProxy has them. */
    public List<Server> servers(String backend) throws IOException {
        String command = "show servers state " + backend;
        String answer = cli.ask(command);
        if (!answer.startsWith(SERVERS)) {
            throw new CommandRefusedException(command, answer);
        }
        return answer.lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ", -1))
                .filter(fields -> fields.length > ADMIN_STATE)
                .map(fields -> new Server(
                        fields[SERVER_NAME],
                        fields[SERVER_ADDRESS],
                        (Integer.parseInt(fields[ADMIN_STATE]) & FORCED_MAINTENANCE) != 0))
                .toList();
    }

    /**
     * Adds servers that take traffic at once, with their health checks if {@code options} name some. None does unless all
     * were added. An answer waits for HAProxy's other work, so there are two of them, however many servers there are.
     *
     * @param servers of as many backends, all with the same address and options
     */
    public void addServers(List<String> servers, String address, String options) throws IOException {
        String answer = askTogether(servers, server -> "add server " + server + " " + address + " " + options);
        List<String> refusals = answer.lines()
                .filter(line -> !line.isBlank() && !line.equals(ADDED))
                .toList();
        if (!refusals.isEmpty() || !answer.contains(ADDED)) {
            throw new CommandRefusedException("add server", String.join("\n", refusals));
        }
        refuseUnlessBlank(
                "enable health",
                askTogether(servers, server -> "enable health " + server + "; " + setState(server, "ready")));
    }

    /** Ends the server's maintenance. */
    public void enableServer(String server) throws IOException {
        refuseUnlessBlank("set server", cli.ask(setState(server, "ready")));
    }

    /** Puts the server into maintenance: it takes nothing new, and what is open there goes on. */
    public void disableServer(String server) throws IOException {
        disableServers(List.of(server));
    }

    /** The same with several, by one answer. */
    public void disableServers(List<String> servers) throws IOException {
        refuseUnlessBlank("set server", askTogether(servers, server -> setState(server, "maint")));
    }

    private static String setState(String server, String state) {
        return "set server " + server + " state " + state;
    }

    private String askTogether(List<String> servers, UnaryOperator<String> command) throws IOException {
        return cli.ask(servers.stream().map(command).collect(Collectors.joining("; ")));
    }

    /** Deletes a server that is in maintenance. False while it has streams; true when it is gone or was never there. */
    public boolean deleteServer(String server) throws IOException {
        String answer = cli.ask("del server " + server);
        if (answer.contains("Server deleted") || answer.contains("No such server")) {
            return true;
        }
        if (answer.contains("still has connections")) {
            return false;
        }
        throw new CommandRefusedException("del server", answer);
    }

    /** Gives the server another address, an IPv4 or IPv6 literal. */
    public void moveServer(String server, String address, int port) throws IOException {
        expect("changed", "set server " + server + " addr", address + " port " + port);
    }

    /** The keys of a map. */
    public Set<String> mapKeys(Path map) throws IOException {
        String command = "show map " + map;
        String answer = cli.ask(command);
        List<String> entries = answer.lines().filter(line -> !line.isBlank()).toList();
        // An empty map is answered with an empty line.
        if (answer.isEmpty() || !entries.stream().allMatch(line -> line.startsWith(ENTRY_POINTER))) {
            throw new CommandRefusedException(command, answer);
        }
        return entries.stream().map(line -> line.split(" ", -1)[ENTRY_KEY]).collect(Collectors.toSet());
    }

    /** Adds one entry to a map. HAProxy does not look whether the key is there already. */
    public void addToMap(Path map, String key, String value) throws IOException {
        silent("add map " + map, key + " " + value);
    }

    /** Gives the entries of that key another value; there has to be one. */
    public void setInMap(Path map, String key, String value) throws IOException {
        silent("set map " + map, key + " " + value);
    }

    /** Deletes the entries of that key, of which there has to be one. */
    public void deleteFromMap(Path map, String key) throws IOException {
        silent("del map " + map, key);
    }

    /**
     * Replaces all entries of a map in one step: HAProxy uses the old ones until it has all new ones.
     *
     * @param lines key and value, each with its line end; an empty line would end the command
     */
    public void replaceMap(Path map, List<String> lines) throws IOException {
        String answer = cli.ask("prepare map " + map);
        Matcher created = NEW_VERSION.matcher(answer);
        if (!created.find()) {
            throw new CommandRefusedException("prepare map", answer);
        }
        String version = "@" + created.group(1) + " " + map;
        StringBuilder chunk = new StringBuilder();
        for (String line : lines) {
            if (chunk.length() + line.length() > CHUNK) {
                silent("add map", version + PAYLOAD + chunk);
                chunk.setLength(0);
            }
            chunk.append(line);
        }
        if (!chunk.isEmpty()) {
            silent("add map", version + PAYLOAD + chunk);
        }
        silent("commit map", version);
    }

    /** SHA-1 of the file's own certificate, not of its chain, in upper-case hexadecimal. */
    public String certificateFingerprint(Path file) throws IOException {
        String command = "show ssl cert " + file;
        String answer = cli.ask(command);
        return fingerprints(answer).findFirst().orElseThrow(() -> new CommandRefusedException(command, answer));
    }

    /** Replaces a certificate and its key; new connections see the new one. */
    public void replaceCertificate(Path file, String pem) throws IOException {
        expect(
                "ransaction",
                "set ssl cert",
                file + PAYLOAD + withoutEmptyLines(pem)); // "Transaction created" or "Transaction updated"
        expect("Success", "commit ssl cert", file.toString());
    }

    /** SHA-1 of each CA of a CA file, in upper-case hexadecimal. */
    public Set<String> authorityFingerprints(Path file) throws IOException {
        String command = "show ssl ca-file " + file;
        String answer = cli.ask(command);
        if (!answer.startsWith(CA_FILE)) {
            throw new CommandRefusedException(command, answer);
        }
        return fingerprints(answer).collect(Collectors.toSet());
    }

    /**
     * Replaces all CAs of a CA file in one step.
     *
     * @param pems one command each, because all together may not fit into one of HAProxy's buffers
     */
    public void replaceAuthorities(Path file, List<String> pems) throws IOException {
        for (int i = 0; i < pems.size(); i++) {
            String command = i == 0 ? "set ssl ca-file" : "add ssl ca-file";
            expect("ransaction", command, file + PAYLOAD + withoutEmptyLines(pems.get(i)));
        }
        expect("Success", "commit ssl ca-file", file.toString());
    }

    private static Stream<String> fingerprints(String answer) {
        return answer.lines()
                .filter(line -> line.startsWith(FINGERPRINT))
                .map(line -> line.substring(FINGERPRINT.length()).strip());
    }

    /** An empty line would end a payload. */
    private static String withoutEmptyLines(String pem) {
        StringBuilder kept = new StringBuilder(pem.length() + 1);
        pem.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(line -> kept.append(line)
                .append('\n'));
        return kept.toString();
    }

    private void silent(String command, String arguments) throws IOException {
        refuseUnlessBlank(command, cli.ask(command + " " + arguments));
    }

    private static void refuseUnlessBlank(String command, String answer) throws CommandRefusedException {
        if (!answer.isBlank()) {
            throw new CommandRefusedException(command, answer);
        }
    }

    private void expect(String success, String command, String arguments) throws IOException {
        String answer = cli.ask(command + " " + arguments);
        if (!answer.contains(success)) {
            throw new CommandRefusedException(command, answer);
        }
    }
}
