package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodEventsTest {
    private final List<String> recorded = new ArrayList<>();
    private final TrackedPods pods = new TrackedPods("prod");
    private final TrackedPod pod = pods.show(RegisteredPods.ready().build());
    private final PodEvents events = new PodEvents((about, type, reason, message) -> recorded.add(
            about.getNamespace() + "/" + about.getName() + " " + about.getUid() + " " + type + " " + reason));

    @Test
    void sameThingTwiceInARowIsToldOnce() {
        events.notRegistered(pod, "no");
        events.notRegistered(pod, "no");
        events.notRegistered(pods.show(RegisteredPods.injectedAs("www-2", "www-2")), "no");
        assertThat(recorded)
                .containsExactly(
                        "shop/www-1 0123456789abcdef WARNING NotRegistered", "shop/www-2 www-2 WARNING NotRegistered");
    }

    @Test
    void sameThingIsToldAgainAfterAnother() {
        events.notRegistered(pod, "no");
        events.notRegistered(pod, "no, for another reason");
        events.notRegistered(pod, "no");
        assertThat(recorded).hasSize(3);
    }
}
