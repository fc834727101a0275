package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What the HAProxy in front of the operator costs. */
@EndToEnd
@Isolated("time is measured")
class WebhookProxyFootprintIT {
    private static final int WARM_UP = 200;
    private static final int REVIEWS = 1000;
    private static final double MEGABYTES = 40;
    private static final double MORE_MILLIS = Bound.of(5.0);

    private static Scene scene;
    private static Pod pod;

    @BeforeAll
    static void find(Scene given) {
        scene = given;
        pod = Eventually.get(
                        "an operator's pod that is ready and stays",
                        () -> Operator.of(scene).pods().stream()
                                .filter(Readiness::isPodReady)
                                .filter(ready -> ready.getMetadata().getDeletionTimestamp() == null)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    @Test
    void memoryStaysSmall() {
        double haproxy = Usage.of(scene.release(), pod.getMetadata().getName(), Operator.PROXY)
                .megabytes();
        System.out.printf("[memory] HAProxy in front of the operator: %.1f MB%n", haproxy);
        assertThat(haproxy).isBetween(1.0, MEGABYTES);
    }

    /** One review as the API server asks it, one as another replica does, and so on, each over a connection that is kept. */
    @Test
    void reviewTakesLittleLonger() throws IOException {
        ReviewClient apiServer = ReviewClient.asApiServer(scene, pod);
        ReviewClient replica = ReviewClient.asReplica(scene, pod);
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        for (int i = 0; i < WARM_UP + REVIEWS; i++) {
            double byHaproxy = millis(apiServer);
            double straight = millis(replica);
            if (i >= WARM_UP) {
                with.add(byHaproxy);
                without.add(straight);
            }
        }
        double more = median(with) - median(without);
        System.out.printf(
                "[latency] median of %d reviews: %.2f ms as the API server asks, %.2f ms as a replica does%n",
                REVIEWS, median(with), median(without));
        assertThat(more).isLessThan(MORE_MILLIS);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static double millis(ReviewClient client) throws IOException {
        long start = System.nanoTime();
        assertThat(client.ask()).isNotEmpty();
        return (System.nanoTime() - start) / 1e6;
    }
}
