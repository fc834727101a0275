package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AddedCapacityTest {
    private final TrackedPod pod = new TrackedPod(new PodKey("shop", "www-1", "uid-1"), "prod");
    private static final Duration ALREADY_OVER = Duration.ZERO;

    private final AddedCapacity capacity = new AddedCapacity();

    @Test
    void nothingIsWaitedForWhereNothingComes() throws Exception {
        capacity.coming(pod, "redis");
        assertThat(capacity.await("www", ALREADY_OVER)).isTrue();
    }

    @Test
    void patienceEnds() throws Exception {
        capacity.coming(pod, "www");
        assertThat(capacity.await("www", ALREADY_OVER)).isFalse();
        capacity.settled(pod);
        assertThat(capacity.await("www", ALREADY_OVER)).isTrue();
    }
}
