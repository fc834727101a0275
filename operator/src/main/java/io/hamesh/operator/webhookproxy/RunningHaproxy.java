package io.hamesh.operator.webhookproxy;

import io.hamesh.haproxy.Cli;
import io.hamesh.haproxy.RuntimeApi;
import io.hamesh.haproxy.RuntimeApi.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What HAProxy runs with, and how to change that without a reload. Each call first asks what is there and then says what is
 * missing, so that it may be repeated at any time, also after HAProxy started anew.
 */
final class RunningHaproxy {
    /** The configuration's paths are the names of the certificates that it took from there. */
    private static final Path FOLDER = Path.of("/run/hamesh");

    private static final String BACKEND = "operators";
    private static final String PEER = "peer";

    private final RuntimeApi api;
    private final int operators;

    /** @param operators the port on which each pod takes reviews from the HAProxies of others */
    RunningHaproxy(Cli cli, int operators) {
        this.api = new RuntimeApi(cli);
        this.operators = operators;
    }

    /** Certificate and key; served to the next connection. HAProxy does not tell its chain, so that is not compared. */
    void serve(String file, Pem certificate) throws IOException {
        Path name = FOLDER.resolve(file);
        if (!certificate.fingerprints().getFirst().equals(api.certificateFingerprint(name))) {
            api.replaceCertificate(name, certificate.text());
        }
    }

    /** The CAs under which other operators are believed. */
    void trust(String file, Pem authorities) throws IOException {
        Path name = FOLDER.resolve(file);
        if (!api.authorityFingerprints(name).equals(Set.copyOf(authorities.fingerprints()))) {
            api.replaceAuthorities(name, List.of(authorities.text()));
        }
    }

    /** The keys of a map, and no others; what is new before anything goes. */
    void know(String file, Set<String> keys) throws IOException {
        Path map = FOLDER.resolve(file);
        Set<String> has = api.mapKeys(map);
        for (String key : keys) {
            if (!has.contains(key)) {
                api.addToMap(map, key, "1");
            }
        }
        for (String key : has) {
            if (!keys.contains(key)) {
                api.deleteFromMap(map, key);
            }
        }
    }

    /** The addresses of all other replicas; those that are gone get nothing new, what is under way there is finished. */
    void replicas(Set<String> addresses) throws IOException {
        Set<String> missing = new TreeSet<>(addresses);
        Deque<String> free = new ArrayDeque<>();
        for (Server server : api.servers(BACKEND)) {
            if (!server.name().startsWith(PEER)) {
                continue;
            }
            boolean enabled = !server.inMaintenance();
            if (enabled && missing.remove(server.address())) {
                continue;
            }
            if (enabled) {
                api.disableServer(path(server.name()));
            }
            free.add(server.name());
        }
        for (String address : missing) {
            String server = free.pollFirst();
            if (server == null) {
                return; // more replicas than the chart lets anybody have
            }
            api.moveServer(path(server), address, operators);
            api.enableServer(path(server));
        }
    }

    private static String path(String server) {
        return BACKEND + "/" + server;
    }
}
