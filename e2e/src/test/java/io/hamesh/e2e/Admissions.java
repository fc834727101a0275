package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hamesh.model.Annotations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pods that ask for the mesh, created without a pause and without a second try: dry runs, and now and then one that is
 * stored, for a node that does not exist.
 */
final class Admissions implements AutoCloseable {
    /** More than the webhook's own: what is counted is the API server's answer. */
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final Duration GOING_ON = Duration.ofMinutes(2);

    /** How many threads there are, how long each pauses after a pod, and how many it asks for until one is stored. */
    private record Pace(int threads, Duration pause, int oneInSoManyIsReal) {}

    private static final Pace STEADY = new Pace(4, Duration.ofMillis(190), 20);

    /** So many that some are under way at any moment. */
    private static final Pace CROWDED = new Pace(8, Duration.ofMillis(30), 400);

    /** One that was not admitted, or not injected; times since the start of the load. */
    record Failure(Duration at, Duration took, String why) {}

    /** What came of all. */
    record Counts(int admitted, Duration slowest, List<Failure> failures) {
        @Override
        public String toString() {
            return "%d admitted, %d failed, the slowest took %d ms%s"
                    .formatted(
                            admitted,
                            failures.size(),
                            slowest.toMillis(),
                            failures.isEmpty() ? "" : ", failed: " + failures);
        }
    }

    private final KubernetesClient client;
    private final String namespace;
    private final String service;
    private final Pace pace;
    private final ScheduledExecutorService threads;
    private final AtomicInteger number = new AtomicInteger();
    private final long start = System.nanoTime();
    private final List<Failure> failures = new ArrayList<>();
    private int admitted;
    private Duration slowest = Duration.ZERO;

    private Admissions(Scene scene, Pace pace) {
        this.pace = pace;
        threads = Executors.newScheduledThreadPool(pace.threads());
        namespace = scene.namespace();
        service = scene.service("load");
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(scene.client().getConfiguration())
                        .withRequestRetryBackoffLimit(0)
                        .withHttp2Disable(true)
                        .withRequestTimeout((int) TIMEOUT.toMillis())
                        .build())
                .build();
    }

    static Admissions start(Scene scene) {
        return new Admissions(scene, STEADY).begin();
    }

    /** Several at any time, for as long as it lasts. */
    static Admissions crowd(Scene scene) {
        return new Admissions(scene, CROWDED).begin();
    }

    private Admissions begin() {
        long pause = pace.pause().toMillis();
        for (int i = 0; i < pace.threads(); i++) {
            var unused = threads.scheduleWithFixedDelay(
                    this::create, pause * i / pace.threads(), pause, TimeUnit.MILLISECONDS);
        }
        return this;
    }

    private void create() {
        boolean real = number.incrementAndGet() % pace.oneInSoManyIsReal() == 0;
        long before = System.nanoTime();
        try {
            var pod = client.pods().inNamespace(namespace).resource(pod());
            Pod created = real ? pod.create() : pod.dryRun().create();
            boolean injected = created.getMetadata().getLabels() != null
                    && created.getMetadata().getLabels().containsKey(Annotations.INJECTED_LABEL);
            count(before, injected ? "" : "admitted without sidecars");
        } catch (KubernetesClientException e) {
            count(before, reason(e));
        }
    }

    private static String reason(KubernetesClientException e) {
        return e.getStatus() != null
                ? e.getStatus().getMessage()
                : String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause());
    }

    private synchronized void count(long before, String failure) {
        Duration took = Duration.ofNanos(System.nanoTime() - before);
        slowest = took.compareTo(slowest) > 0 ? took : slowest;
        if (failure.isEmpty()) {
            admitted++;
        } else {
            failures.add(new Failure(Duration.ofNanos(before - start), took, failure));
        }
    }

    synchronized Counts counts() {
        return new Counts(admitted, slowest, List.copyOf(failures));
    }

    /** Waits until so many more were admitted. */
    void awaitMore(int more) {
        int now = counts().admitted();
        Eventually.that("admissions to go on", GOING_ON, () -> {
            if (counts().admitted() < now + more) {
                throw new AssertionError(counts());
            }
        });
    }

    private Pod pod() {
        return new PodBuilder(AppPod.caller("load").inMeshAs(service).build())
                .editMetadata()
                .withName(null)
                .withGenerateName("load-")
                .endMetadata()
                .editSpec()
                .withNodeSelector(Map.of("hamesh-e2e", "nowhere"))
                .endSpec()
                .build();
    }

    /** Ends the load; what is under way is counted still. */
    Counts stop() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("an admission lasts for more than 30 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return counts();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        client.pods().inNamespace(namespace).withLabel("app", "load").delete();
        client.close();
    }
}
