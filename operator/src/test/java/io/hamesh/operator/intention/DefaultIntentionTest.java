package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.intention.IntentionSettings.DefaultPolicy;
import io.hamesh.operator.ownership.NamesInMemory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DefaultIntentionTest {
    private final InMemoryConsul consul = new InMemoryConsul();
    private final List<String> warnings = new ArrayList<>();
    private final IntentionsInMemory intentions = new IntentionsInMemory();
    private Instant now = Instant.EPOCH;

    @Test
    void allowIsWrittenAsAnOrdinaryIntention() {
        look(DefaultPolicy.ALLOW, "allow");

        assertThat(consul.intentions("*").fields())
                .isEqualTo(Map.of("Sources", List.of(Map.of("Name", "*", "Action", "allow"))));
        assertThat(EntryOwner.of(consul.intentions("*"))).isEqualTo(new EntryOwner.DefaultValue("blue"));
        assertThat(warnings).isEmpty();
    }

    @Test
    void allowComesAfterAllThatDeny() {
        deny("redis");
        deny("api");
        DefaultIntention intention = intention(DefaultPolicy.ALLOW, "allow");
        intention.fresh(consul.list("service-intentions"));
        consul.force(Examples.foreign("redis"));
        intention.changed(Set.of("redis"), consul.list("service-intentions"));
        assertThat(consul.entryWrites()).isZero();

        consul.force(Examples.foreign("api"));
        intention.changed(Set.of("api"), consul.list("service-intentions"));
        assertThat(consul.intentions("*")).isNotNull();
    }

    @Test
    void whatAllowWaitsForIsToldOnceItTakesLong() {
        deny("redis");
        deny("api");
        DefaultIntention intention = intention(DefaultPolicy.ALLOW, "allow");
        intention.fresh(List.of());
        now = now.plusSeconds(10);
        intention.changed(Set.of(), List.of());
        assertThat(warnings).isEmpty();

        now = now.plusSeconds(10);
        intention.changed(Set.of(), List.of());
        intention.changed(Set.of(), List.of());
        assertThat(warnings)
                .singleElement()
                .asString()
                .contains("intentions.default is allow", "ServiceIntentions for api, redis");
        assertThat(consul.entryWrites()).isZero();
    }

    @Test
    void allowThatIsThereStaysAndIsPutRightWhateverIsMissing() {
        look(DefaultPolicy.ALLOW, "allow");
        deny("redis");
        consul.force(
                Examples.entry("*", consul.intentions("*").meta(), List.of(Map.of("Name", "*", "Action", "deny"))));
        look(DefaultPolicy.ALLOW, "allow");
        assertThat(IntentionMapping.isSame(IntentionMapping.allowAll("blue"), consul.intentions("*")))
                .isTrue();
    }

    @Test
    void denyRemovesWhatAllowHadWritten() {
        look(DefaultPolicy.ALLOW, "allow");
        look(DefaultPolicy.DENY, "deny");

        assertThat(consul.list("service-intentions")).isEmpty();
    }

    @Test
    void changedEntryIsPutRight() {
        look(DefaultPolicy.ALLOW, "allow");
        consul.force(
                Examples.entry("*", consul.intentions("*").meta(), List.of(Map.of("Name", "*", "Action", "deny"))));

        look(DefaultPolicy.ALLOW, "allow");

        assertThat(IntentionMapping.isSame(IntentionMapping.allowAll("blue"), consul.intentions("*")))
                .isTrue();
    }

    @Test
    void entryOfSomebodyElseStaysAndIsWarnedOfOnce() {
        consul.force(Examples.foreign("*"));
        DefaultIntention intention = intention(DefaultPolicy.ALLOW, "allow");

        intention.fresh(consul.list("service-intentions"));
        intention.fresh(consul.list("service-intentions"));

        assertThat(EntryOwner.of(consul.intentions("*"))).isEqualTo(new EntryOwner.Other());
        assertThat(warnings).singleElement().asString().contains("intentions.default is allow");
    }

    @Test
    void consulsOwnDefaultThatDiffersIsWarnedOf() {
        look(DefaultPolicy.DENY, "allow");

        assertThat(warnings).singleElement().asString().contains("default_intention_policy is allow");
    }

    @Test
    void noneIsSilentAndWritesNothing() {
        look(DefaultPolicy.NONE, "allow");

        assertThat(warnings).isEmpty();
        assertThat(consul.entryWrites()).isZero();
    }

    private void deny(String destination) {
        intentions.add(Examples.intention(
                destination, "{destination: {name: " + destination + "}, sources: [{name: www, action: deny}]}"));
    }

    private void look(DefaultPolicy policy, String consulsDefault) {
        intention(policy, consulsDefault).fresh(consul.list("service-intentions"));
    }

    private DefaultIntention intention(DefaultPolicy policy, String consulsDefault) {
        return new DefaultIntention(
                consul,
                () -> Optional.of(consulsDefault),
                new DeniedDestinations(intentions, new DestinationOwners(new NamesInMemory()), "hamesh-system"),
                new IntentionSettings("blue", "hamesh-system", policy),
                (about, type, reason, message) -> warnings.add(message),
                () -> now);
    }
}
