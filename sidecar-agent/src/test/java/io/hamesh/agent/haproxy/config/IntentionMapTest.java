package io.hamesh.agent.haproxy.config;

import static io.hamesh.agent.snapshot.SourceVerdict.ALLOW;
import static io.hamesh.agent.snapshot.SourceVerdict.DENY;
import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.agent.haproxy.config.IntentionMap.Change;
import io.hamesh.agent.snapshot.Policy;
import io.hamesh.agent.snapshot.SourceVerdict;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class IntentionMapTest {
    private static final Policy BOTH = policy(Map.of("www", ALLOW, "*", DENY));

    @Test
    void oneEntryThatDiffersIsTheOnlyChange() {
        assertThat(IntentionMap.onlyChange(BOTH, policy(Map.of("www", DENY, "*", DENY))))
                .contains(new Change("www", Optional.of(ALLOW), Optional.of(DENY)));
        assertThat(IntentionMap.onlyChange(BOTH, policy(Map.of("*", DENY))))
                .contains(new Change("www", Optional.of(ALLOW), Optional.empty()));
        assertThat(IntentionMap.onlyChange(BOTH, policy(Map.of("www", ALLOW, "*", DENY, "cron", ALLOW))))
                .contains(new Change("cron", Optional.empty(), Optional.of(ALLOW)));
    }

    @Test
    void severalEntriesThatDifferAreNoOnlyChange() {
        assertThat(IntentionMap.onlyChange(BOTH, policy(Map.of("www", DENY, "*", ALLOW))))
                .isEmpty();
        assertThat(IntentionMap.onlyChange(BOTH, policy(Map.of("cron", ALLOW, "*", DENY))))
                .isEmpty();
        assertThat(IntentionMap.onlyChange(BOTH, BOTH)).isEmpty();
    }

    @Test
    void sourceThatCanNeverCallIsNoEntry() {
        Policy odd = policy(Map.of("www", ALLOW, "*", DENY, "a; del map", ALLOW));
        assertThat(IntentionMap.lines(odd)).containsExactly("* deny\n", "www allow\n");
        assertThat(IntentionMap.onlyChange(BOTH, odd)).isEmpty();
    }

    private static Policy policy(Map<String, SourceVerdict> sources) {
        return new Policy(new TreeMap<>(sources));
    }
}
