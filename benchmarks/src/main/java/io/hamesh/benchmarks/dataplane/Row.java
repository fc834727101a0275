package io.hamesh.benchmarks.dataplane;

import io.hamesh.benchmarks.dataplane.Load.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * One way to call, and what is told of it.
 *
 * @param without the names of candidates that are left out
 */
record Row(String title, Load load, List<Figure> figures, Set<String> without) {
    private static final String CPU = "CPU for each, µs";

    /** As many as make a 99th percentile. */
    private static final int SAMPLES = 10_000;

    private static final int HUNDRED_KB = 100 * 1024;
    private static final int MEGABYTE = 1024 * 1024;
    private static final int FAST = 2_000;

    /** Below what Envoy under Consul's configuration can carry on two cores that all share. */
    private static final int SLOW = 800;

    /**
     * A number of an outcome.
     *
     * @param goals what the ratios to Envoy should be, for people
     */
    record Figure(String title, ToDoubleFunction<Outcome> of, String goals) {}

    /** At a rate: long enough for the samples that a tail needs. */
    Duration durationAtLeast(Duration usual) {
        if (!hasARate()) {
            return usual;
        }
        Duration needed = Duration.ofMillis(1000L * SAMPLES / load.rate() + 100);
        return needed.compareTo(usual) > 0 ? needed : usual;
    }

    boolean hasARate() {
        return load.rate() > 0;
    }

    boolean tellsCpu() {
        return figures.stream().anyMatch(figure -> figure.title().equals(CPU));
    }

    boolean isSlow() {
        return load.rate() == SLOW;
    }

    static List<Row> all() {
        return List.of(
                throughput(
                        "HTTP keep-alive, 50 connections",
                        Load.keepAlive(Protocol.HTTP),
                        "≥ 2 / ≥ 4",
                        "≤ 0.45 / ≤ 0.25"),
                atRate("HTTP at 2,000 a second", Load.keepAlive(Protocol.HTTP).at(FAST), "each ≤ 0.3 lean"),
                atRate("HTTP at 800 a second", Load.keepAlive(Protocol.HTTP).at(SLOW), "each ≤ 0.3 xDS"),
                throughput(
                        "HTTP, a new connection a request",
                        Load.closed(Protocol.HTTP, 30).withNewConnections(),
                        "≥ 2 / ≥ 3",
                        ""),
                throughput(
                        "HTTP, bodies of 100 KB",
                        Load.closed(Protocol.HTTP, 20).answeredWith(HUNDRED_KB),
                        "≥ 1.1 / ≥ 1.5",
                        ""),
                throughput(
                        "HTTP, bodies of 1 MB",
                        Load.closed(Protocol.HTTP, 20).answeredWith(MEGABYTE),
                        "≥ 0.95 / ≥ 1.5",
                        ""),
                throughput(
                        "HTTP/2, 50 streams on 5 connections",
                        Load.closed(Protocol.HTTP2, 5).each(10),
                        "≥ 1.5 / ≥ 2",
                        ""),
                throughput(
                        "gRPC unary, 50 streams on 5 connections",
                        Load.closed(Protocol.GRPC, 5).each(10),
                        "≥ 1.5 / ≥ 2",
                        ""),
                throughput("TCP keep-alive, 50 connections", Load.keepAlive(Protocol.TCP), "≥ 1.05", "≤ 0.95"),
                atRate("TCP at 2,000 a second", Load.keepAlive(Protocol.TCP).at(FAST), "p99 ≤ 0.9"),
                atRate("TCP at 800 a second", Load.keepAlive(Protocol.TCP).at(SLOW), "p99 ≤ 0.9"),
                throughput(
                        "TCP, a new connection an exchange",
                        Load.closed(Protocol.TCP, 30).withNewConnections(),
                        "≥ 1",
                        ""),
                throughput(
                        "TCP, bodies of 100 KB", Load.closed(Protocol.TCP, 20).answeredWith(HUNDRED_KB), "≥ 1", ""),
                throughput("TCP, bodies of 1 MB", Load.closed(Protocol.TCP, 20).answeredWith(MEGABYTE), "≥ 1", ""),
                alone("HTTP, one connection", Protocol.HTTP, "≤ 0.6"),
                alone("TCP, one connection", Protocol.TCP, "≤ 0.95"));
    }

    private static Row throughput(String title, Load load, String goal, String cpuGoal) {
        return new Row(
                title,
                load,
                List.of(
                        new Figure("a second", Outcome::requestsASecond, goal),
                        new Figure(CPU, Outcome::cpuMicrosARequest, cpuGoal)),
                // Without a proxy each leaves a port of the caller in TIME_WAIT: there are not enough of them.
                load.anew() ? Set.of(Direct.NAME) : Set.of());
    }

    private static Row atRate(String title, Load load, String goal) {
        return new Row(
                title,
                load,
                List.of(
                        new Figure("p50, µs", outcome -> outcome.micros().p50(), goal),
                        new Figure("p99, µs", outcome -> outcome.micros().p99(), goal)),
                load.rate() == FAST && load.protocol() == Protocol.HTTP ? Set.of(ConsulEnvoy.NAME) : Set.of());
    }

    private static Row alone(String title, Protocol protocol, String goal) {
        return new Row(
                title,
                Load.closed(protocol, 1),
                List.of(new Figure("p50, µs", outcome -> outcome.micros().p50(), goal)),
                Set.of());
    }
}
