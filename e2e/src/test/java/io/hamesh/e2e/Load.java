package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A steady load from one pod ({@code apps/load.mjs}) to workers ({@code apps/worker.mjs}), counted at the client: resets,
 * timeouts and truncated bodies are failures. Each POST carries an id, of which the workers tell the load's pod, past the
 * mesh, before they do anything; so no end of a worker makes a POST that was done twice look like one.
 */
record Load(RunningPod pod, String id) {
    private static final Duration LONGER_THAN_A_TIMEOUT = Duration.ofSeconds(45);
    private static final List<String> RETRIES = List.of(
            "haproxy_backend_retry_warnings_total",
            "haproxy_backend_redispatch_warnings_total",
            "haproxy_backend_connection_errors_total");

    /**
     * Requests of one kind at a steady rate.
     *
     * @param fresh whether each has a connection of its own
     * @param path {@code /?hold=MS} makes each hop take that long
     */
    record Flow(String name, String kind, String method, boolean fresh, int port, String path, int perSecond) {
        static Flow kept(String method, int port, Duration hold, int perSecond) {
            return http(method, false, port, hold, perSecond);
        }

        static Flow fresh(String method, int port, Duration hold, int perSecond) {
            return http(method, true, port, hold, perSecond);
        }

        private static Flow http(String method, boolean fresh, int port, Duration hold, int perSecond) {
            String name = method + (fresh ? " on fresh connections" : " on kept connections");
            return new Flow(name, "HTTP", method, fresh, port, "/?hold=" + hold.toMillis(), perSecond);
        }

        static Flow tcp(int port, int perSecond) {
            return new Flow("TCP", "TCP", "", true, port, "", perSecond);
        }
    }

    record Count(long sent, long ok, long failed) {}

    /**
     * What came of it.
     *
     * @param pods answers by the pod that gave them
     * @param seenTwice POSTs that a worker was asked for more than once
     * @param unseen POSTs that were answered and of which no worker told: the ledger would be worth nothing
     */
    record Report(
            Map<String, Count> flows,
            Map<String, Long> pods,
            Map<String, Long> failures,
            long slowestMs,
            double seconds,
            List<String> seenTwice,
            long unseen) {

        long sent() {
            return flows.values().stream().mapToLong(Count::sent).sum();
        }

        long failed() {
            return flows.values().stream().mapToLong(Count::failed).sum();
        }

        /** Sent, and neither answered nor failed so far. */
        long underWay() {
            return unanswered() - failed();
        }

        /** Sent, and either failed or not answered so far. */
        long unanswered() {
            return flows.values().stream()
                    .mapToLong(flow -> flow.sent() - flow.ok())
                    .sum();
        }

        void assertNothingLost() {
            assertThat(failures).isEmpty();
            assertThat(seenTwice).isEmpty();
            assertThat(unseen).isZero();
            assertThat(flows.values()).allMatch(flow -> flow.ok() > 0);
        }
    }

    /** Begins once the same flows were answered: what the pod did not know of yet is not counted. */
    static Load start(RunningPod pod, String id, Flow... flows) {
        Load before = new Load(pod, "before-" + id);
        before.flow(flows);
        before.end();
        Load load = new Load(pod, id);
        load.flow(flows);
        return load;
    }

    private void flow(Flow... flows) {
        ask(Map.class, "start", Map.of("flows", List.of(flows)));
        Eventually.that(
                "load " + id + " to flow",
                () -> assertThat(report().flows().values()).allMatch(flow -> flow.ok() > 0));
    }

    /** Stops, and waits for what is under way. */
    private void end() {
        ask(Map.class, "stop", Map.of());
        Eventually.that("load " + id + " to end", LONGER_THAN_A_TIMEOUT, () -> assertThat(report().underWay())
                .isZero());
    }

    Report report(String... workers) {
        return ask(Report.class, "report", Map.of("workers", List.of(workers)));
    }

    /** The most that were under way at a time since this was last asked, or since the start. */
    long most() {
        return ask(Long.class, "most", Map.of());
    }

    /** Stops, waits for what is under way, and prints. The mesh's own retries are those of {@code pods}. */
    Report stop(List<RunningPod> pods, String... workers) {
        end();
        Report report = report(workers);
        System.out.printf(
                "[load] %s: %d sent in %.1f s (%.0f/s), %d failed %s, seen twice %d, slowest %d ms; pods %s%n",
                id,
                report.sent(),
                report.seconds(),
                report.sent() / report.seconds(),
                report.failed(),
                report.failures(),
                report.seenTwice().size(),
                report.slowestMs(),
                report.pods());
        report.flows().forEach((name, count) -> System.out.printf("[load] %s: %s %s%n", id, name, count));
        System.out.printf("[load] %s: the mesh's own, counted apart: %s%n", id, retries(pods));
        return report;
    }

    private static Map<String, Double> retries(List<RunningPod> pods) {
        Map<String, Double> sums = new HashMap<>();
        for (RunningPod each : pods) {
            RETRIES.forEach(metric -> sums.merge(metric, each.proxy().metric(metric), Double::sum));
        }
        return sums;
    }

    private <T> T ask(Class<T> answer, String command, Map<String, Object> options) {
        Map<String, Object> message = new HashMap<>(options);
        message.put("command", command);
        message.put("id", id);
        return Json.read(Http.ok("POST", pod.url(AppPod.COMMANDS), Json.write(message)), answer);
    }
}
