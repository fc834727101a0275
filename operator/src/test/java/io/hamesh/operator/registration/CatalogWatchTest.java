package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.consul.Watched;
import io.hamesh.operator.registration.SweepTrigger.Cause;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogWatchTest {
    private final List<Cause> told = new ArrayList<>();
    private final CatalogWatch<String> watch = new CatalogWatch<>(told::add);

    @Test
    void freshAnswerIsACauseAndTheNextOnlyWithNews() {
        watch.heard(new Watched<>("a", 7), true);
        watch.heard(new Watched<>("a", 9), false);
        watch.heard(new Watched<>("b", 12), false);
        assertThat(told).containsExactly(Cause.BACK, Cause.CHANGED);
    }

    @Test
    void freshAnswerIsACauseThoughItSaysTheSame() {
        watch.heard(new Watched<>("a", 7), true);
        watch.heard(new Watched<>("a", 7), true);
        watch.heard(new Watched<>("a", 7), false);
        assertThat(told).containsExactly(Cause.BACK, Cause.BACK);
    }
}
