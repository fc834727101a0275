package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.consul.ConsulCatalog.Watched;
import io.hamesh.operator.consul.ConsulRefusedException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogWatchTest {
    private final List<Long> asked = new ArrayList<>();
    private final List<Occasion> told = new ArrayList<>();
    private Watched<String> answer = new Watched<>("", 0);
    private boolean isAway;

    private final CatalogWatch<String> watch = new CatalogWatch<>(
            "test",
            (index, wait) -> {
                asked.add(index);
                if (isAway) {
                    throw new ConsulRefusedException(503, "away");
                }
                return answer;
            },
            told::add);

    @Test
    void firstAnswerIsAnOccasionAndTheNextOnlyWithNews() {
        look("a", 7);
        look("a", 9);
        look("b", 12);
        assertThat(asked).containsExactly(0L, 7L, 9L);
        assertThat(told).containsExactly(Occasion.BACK, Occasion.CHANGED);
    }

    @Test
    void afterAnOutageItAsksAfreshAndEverythingIsLookedAt() {
        look("a", 7);
        isAway = true;
        look("a", 7);
        isAway = false;
        look("a", 7);
        look("a", 7);
        assertThat(asked).containsExactly(0L, 7L, 0L, 7L);
        assertThat(told).containsExactly(Occasion.BACK, Occasion.BACK);
    }

    @Test
    void indexThatGoesBackwardsMayMeanLostData() {
        look("a", 700);
        look("", 12);
        look("a", 30);
        assertThat(told).containsExactly(Occasion.BACK, Occasion.BACK, Occasion.CHANGED);
    }

    private void look(String value, long index) {
        answer = new Watched<>(value, index);
        var unused = watch.look();
    }
}
