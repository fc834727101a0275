package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.InMemoryConsul;
import java.util.List;
import org.junit.jupiter.api.Test;

class OrphansTest {
    private final InMemoryConsul consul = new InMemoryConsul();
    private final IntentionsInMemory intentions = new IntentionsInMemory();
    private final Orphans orphans = new Orphans(consul, intentions, "blue");

    @Test
    void entryWhoseIntentionIsGoneIsRemoved() {
        consul.force(IntentionMapping.entry(Examples.wwwToRedis(), "blue"));

        assertThat(entriesAfterALook()).isEmpty();
    }

    @Test
    void entryOfALivingIntentionStays() {
        consul.force(IntentionMapping.entry(Examples.wwwToRedis(), "blue"));
        intentions.add(Examples.wwwToRedis());

        assertThat(entriesAfterALook()).hasSize(1);
    }

    @Test
    void entryOfAnIntentionThatTheInformerHasNotSeenYetStays() {
        consul.force(IntentionMapping.entry(Examples.wwwToRedis(), "blue"));
        intentions.stored.add(Examples.wwwToRedis());

        assertThat(entriesAfterALook()).hasSize(1);
    }

    @Test
    void entryOfAnIntentionThatWasMadeAnewForAnotherDestinationIsRemoved() {
        consul.force(IntentionMapping.entry(Examples.wwwToRedis(), "blue"));
        intentions.add(
                Examples.intention("redis", "{destination: {name: api}, sources: [{name: www, action: allow}]}"));

        assertThat(entriesAfterALook()).isEmpty();
    }

    @Test
    void oneThatConsulKeepsDoesNotKeepTheOthers() {
        consul.force(IntentionMapping.entry(
                Examples.intention("api", "{destination: {name: api}, sources: [{name: www, action: allow}]}"),
                "blue"));
        consul.force(IntentionMapping.entry(Examples.wwwToRedis(), "blue"));
        List<ConfigEntry> listed = consul.list(ConfigEntry.SERVICE_INTENTIONS);
        consul.failOnce(new ConsulRefusedException(403, "permission denied"));

        assertThatThrownBy(() -> orphans.fresh(listed)).hasMessageContaining("permission denied");
        assertThat(consul.list(ConfigEntry.SERVICE_INTENTIONS))
                .extracting(ConfigEntry::name)
                .containsExactly("api");
    }

    @Test
    void whatIsNotOfThisClustersIntentionsStays() {
        consul.force(Examples.foreign("redis"));
        consul.force(IntentionMapping.allowAll("blue"));
        consul.force(IntentionMapping.entry(
                Examples.intention("api", "{destination: {name: api}, sources: [{name: www, action: allow}]}"),
                "green"));

        assertThat(entriesAfterALook()).hasSize(3);
    }

    private List<ConfigEntry> entriesAfterALook() {
        orphans.fresh(consul.list(ConfigEntry.SERVICE_INTENTIONS));
        return consul.list(ConfigEntry.SERVICE_INTENTIONS);
    }
}
