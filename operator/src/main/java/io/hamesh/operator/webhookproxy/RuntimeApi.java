package io.hamesh.operator.webhookproxy;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What HAProxy runs with, and how to change that without a reload. Each call first asks what is there and then says what is
 * missing, so that it may be repeated at any time, also after HAProxy started anew.
 */
final class RuntimeApi {
    /** The configuration's paths are the names of the certificates that it took from there. */
    private static final String FOLDER = "/run/hamesh/";

    private static final String BACKEND = "operators";
    private static final String PEER = "peer";
    private static final int KEY = 1;
    private static final int NAME = 3;
    private static final int ADDRESS = 4;
    private static final int ADMIN_STATE = 6;
    private static final int FORCED_MAINTENANCE = 1;
    private static final Pattern FINGERPRINT = Pattern.compile("SHA1 FingerPrint: ([0-9A-F]+)");

    private final CliSocket cli;
    private final int operators;

    /** @param operators the port on which each pod takes reviews from the HAProxies of others */
    RuntimeApi(CliSocket cli, int operators) {
        this.cli = cli;
        this.operators = operators;
    }

    /** Certificate and key; served to the next connection. */
    void serve(String file, Pem certificate) throws IOException {
        replace("ssl cert", file, certificate);
    }

    /** The CAs under which other operators are believed. */
    void trust(String file, Pem authorities) throws IOException {
        replace("ssl ca-file", file, authorities);
    }

    /** The keys of a map, and no others; what is new before anything goes. */
    void know(String file, Set<String> keys) throws IOException {
        String name = FOLDER + file;
        Set<String> has = new HashSet<>();
        for (String line : cli.ask("show map " + name).lines().toList()) {
            String[] fields = line.split(" ", -1); // an address in memory, the key, its value
            if (fields.length > KEY) {
                has.add(fields[KEY]);
            }
        }
        for (String key : keys) {
            if (!has.remove(key)) {
                expect("", "add map " + name + " " + key + " 1");
            }
        }
        for (String key : has) {
            expect("", "del map " + name + " " + key);
        }
    }

    private void replace(String kind, String file, Pem pem) throws IOException {
        String name = FOLDER + file;
        Set<String> has = new HashSet<>();
        FINGERPRINT
                .matcher(cli.ask("show " + kind + " " + name))
                .results()
                .map(match -> match.group(1))
                .forEach(has::add);
        if (!has.equals(pem.fingerprints())) {
            String answer =
                    cli.ask("set " + kind + " " + name + " <<\n" + pem.text().strip() + "\n");
            if (!answer.contains("ransaction ")) { // "Transaction created", or updated
                throw new IOException("HAProxy does not take what is new for " + name + ": " + answer.strip());
            }
            expect("Success!", "commit " + kind + " " + name);
        }
    }

    /** The addresses of all other replicas; those that are gone get nothing new, what is under way there is finished. */
    void replicas(Set<String> addresses) throws IOException {
        Set<String> missing = new TreeSet<>(addresses);
        Deque<String> free = new ArrayDeque<>();
        for (String line : cli.ask("show servers state " + BACKEND).lines().toList()) {
            String[] fields = line.split(" ", -1);
            if (fields.length <= ADMIN_STATE || !fields[NAME].startsWith(PEER)) {
                continue;
            }
            boolean enabled = (Integer.parseInt(fields[ADMIN_STATE]) & FORCED_MAINTENANCE) == 0;
            if (enabled && missing.remove(fields[ADDRESS])) {
                continue;
            }
            if (enabled) {
                expect("", "set server " + BACKEND + "/" + fields[NAME] + " state maint");
            }
            free.add(fields[NAME]);
        }
        for (String address : missing) {
            String server = free.pollFirst();
            if (server == null) {
                return; // more replicas than the chart lets anybody have
            }
            expect("changed", "set server " + BACKEND + "/" + server + " addr " + address + " port " + operators);
            expect("", "set server " + BACKEND + "/" + server + " state ready");
        }
    }

    private void expect(String word, String command) throws IOException {
        String answer = cli.ask(command).strip();
        if (word.isEmpty() ? !answer.isEmpty() : !answer.contains(word)) {
            throw new IOException("HAProxy answers to \"" + command + "\": " + answer);
        }
    }
}
