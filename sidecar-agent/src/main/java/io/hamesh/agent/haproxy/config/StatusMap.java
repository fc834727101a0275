package io.hamesh.agent.haproxy.config;

import io.hamesh.agent.snapshot.AgentStatus;
import io.hamesh.agent.snapshot.AgentStatus.Figures;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * The agent's status as lines of the map from which {@link OpsSection} answers. Texts are URL-encoded, since a line of a
 * map is a blank away from its key and ends with its line.
 */
public final class StatusMap {
    static final String OPEN_PORTS = "open-ports";
    static final String UNREADY = "unready";
    static final String METRICS = "metrics";

    /** Answers must fit into a buffer of HAProxy's, 16 KB; who opens more has got the message. */
    private static final int MOST_PORTS = 64;

    private StatusMap() {}

    public static List<String> lines(AgentStatus status) {
        List<String> lines = new ArrayList<>();
        lines.add(OPEN_PORTS + " " + status.openPorts().map(StatusMap::list).orElse("unknown") + "\n");
        status.unready().ifPresent(why -> lines.add(UNREADY + " " + encoded(why) + "\n"));
        lines.add(METRICS + " " + encoded(metrics(status)) + "\n");
        return lines;
    }

    private static String list(SortedSet<Integer> ports) {
        return ports.isEmpty()
                ? "none"
                : ports.stream().limit(MOST_PORTS).map(Object::toString).collect(Collectors.joining(","));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** In Prometheus's text format. */
    static String metrics(AgentStatus status) {
        StringBuilder out = new StringBuilder(2048);
        status.openPorts().ifPresent(ports -> {
            describe(out, "hamesh_open_ports", "gauge", "TCP ports of the application that are open beyond loopback.");
            ports.stream().limit(MOST_PORTS).forEach(port -> out.append("hamesh_open_ports{port=\"")
                    .append(port)
                    .append("\"} 1\n"));
        });
        Figures figures = status.figures();
        time(out, "agent_start", "When the agent started.", figures.started());
        time(
                out,
                "agent_consul_contact",
                "All that is in force is what Consul said then, or later.",
                figures.consulContact());
        time(out, "agent_snapshot_applied", "When HAProxy last took a change.", figures.applied());
        time(out, "agent_leaf_expiry", "When the pod's certificate ends.", figures.leafEnd());
        count(
                out,
                "connections_refused",
                "Connections refused because a port was full or their source had its share.",
                figures.refused());
        count(out, "agent_snapshots_applied", "Snapshots that HAProxy took from this agent.", figures.snapshots());
        count(out, "agent_reloads", "Reloads of HAProxy by this agent.", figures.reloads());
        return out.toString();
    }

    private static void time(StringBuilder out, String name, String help, Instant time) {
        if (time.equals(Instant.EPOCH)) {
            return; // not known is not 1970
        }
        String full = "hamesh_" + name + "_timestamp_seconds";
        describe(out, full, "gauge", help);
        out.append(full).append(' ').append(time.getEpochSecond()).append('\n');
    }

    private static void count(StringBuilder out, String name, String help, long value) {
        String full = "hamesh_" + name + "_total";
        describe(out, full, "counter", help);
        out.append(full).append(' ').append(value).append('\n');
    }

    private static void describe(StringBuilder out, String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }
}
