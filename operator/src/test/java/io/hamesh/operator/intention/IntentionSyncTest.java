package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.model.Annotations;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.intention.SyncResult.Change;
import io.hamesh.operator.intention.SyncResult.Conflict;
import io.hamesh.operator.intention.SyncResult.ConsulRefused;
import io.hamesh.operator.intention.SyncResult.InSync;
import io.hamesh.operator.intention.SyncResult.Invalid;
import io.hamesh.operator.intention.SyncResult.NotOwned;
import io.hamesh.operator.intention.SyncResult.OwnedByOther;
import io.hamesh.operator.ownership.NamesInMemory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IntentionSyncTest {
    private final InMemoryConsul consul = new InMemoryConsul();
    private final IntentionsInMemory intentions = new IntentionsInMemory();
    private final NamesInMemory names = new NamesInMemory();
    private final IntentionSync sync = new IntentionSync(
            consul, new DestinationConflicts(intentions), new DestinationOwners(names), Examples.SETTINGS);

    @Test
    void newIntentionIsWrittenOnce() {
        ServiceIntention intention = Examples.wwwToRedis();

        assertThat(sync.sync(intention)).isEqualTo(new InSync(Change.WRITTEN));
        assertThat(sync.sync(intention)).isEqualTo(new InSync(Change.NONE));
        assertThat(consul.entryWrites()).isEqualTo(1);
        assertThat(EntryOwner.of(consul.intentions("redis"))).isEqualTo(EntryOwner.of(intention, "blue"));
    }

    @Test
    void wrongIntentionLeavesConsulAsItIs() {
        sync.sync(Examples.wwwToRedis());

        assertThat(sync.sync(Examples.intention("redis", "{destination: {name: redis}, sources: []}")))
                .isInstanceOf(Invalid.class);
        assertThat(consul.entryWrites()).isEqualTo(1);
    }

    @Test
    void destinationOfAnotherNamespaceIsNotWritten() {
        names.give("redis", "bank");

        assertThat(sync.sync(Examples.wwwToRedis()))
                .isInstanceOfSatisfying(NotOwned.class, not -> assertThat(not.message())
                        .startsWith("spec.destination.name: \"redis\" belongs to namespace bank: create this"
                                + " ServiceIntention there"));
        assertThat(consul.entryWrites()).isZero();
    }

    @Test
    void destinationThatConsulKnowsFromOthersIsNotWritten() {
        names.known("redis", "instance redis-1 on node vm");

        assertThat(sync.sync(Examples.wwwToRedis())).isInstanceOfSatisfying(NotOwned.class, not -> assertThat(
                        not.message())
                .isEqualTo("spec.destination.name: \"redis\" is known to Consul from others (instance redis-1 on"
                        + " node vm): protect another service, or list shop in the chart's value"
                        + " services.redis.namespaces"));
        assertThat(consul.entryWrites()).isZero();
    }

    @Test
    void whatIsAdoptedAlreadyStays() {
        ServiceIntention intention = held();
        intention.getMetadata().setAnnotations(Map.of(Annotations.ADOPT, "true"));
        assertThat(sync.sync(intention)).isEqualTo(new InSync(Change.NONE));
    }

    @Test
    void intentionThatLostItsDestinationLosesItsEntryAndNoOther() {
        ServiceIntention intention = Examples.wwwToRedis();
        sync.sync(intention);
        names.give("redis", "bank");

        assertThat(sync.sync(intention)).isInstanceOf(NotOwned.class);
        assertThat(consul.get(ConfigEntry.SERVICE_INTENTIONS, "redis")).isEmpty();

        consul.force(Examples.foreign("redis"));
        assertThat(sync.sync(intention)).isInstanceOf(NotOwned.class);
        assertThat(EntryOwner.of(consul.intentions("redis"))).isEqualTo(new EntryOwner.Other());
    }

    @Test
    void firstIntentionClaimsItsDestination() {
        sync.sync(Examples.wwwToRedis());

        assertThat(names.refusal("redis", "shop")).isEmpty();
        assertThat(names.refusal("redis", "bank")).isPresent();
    }

    @Test
    void entryOfSomebodyElseIsNamedAndNotOverwritten() {
        consul.force(Examples.foreign("redis"));

        SyncResult result = sync.sync(Examples.wwwToRedis());

        assertThat(result).isInstanceOfSatisfying(OwnedByOther.class, other -> assertThat(other.message())
                .contains("redis belongs to somebody else", "hamesh.io/adopt: \"true\""));
        assertThat(EntryOwner.of(consul.intentions("redis"))).isEqualTo(new EntryOwner.Other());
    }

    @Test
    void entryOfAnotherClusterIsNamedAndNotOverwritten() {
        consul.force(IntentionMapping.entry(Examples.wwwToRedis(), "green"));

        assertThat(sync.sync(Examples.wwwToRedis()))
                .isInstanceOfSatisfying(OwnedByOther.class, other -> assertThat(other.message())
                        .contains("ServiceIntention shop/redis of cluster green"));
    }

    @Test
    void adoptAnnotationTakesAnEntryOverWhereTheValuesListTheNamespace() {
        consul.force(Examples.foreign("redis"));
        ServiceIntention intention = Examples.wwwToRedis();
        intention.getMetadata().setAnnotations(Map.of(Annotations.ADOPT, "true"));

        assertThat(sync.sync(intention)).isInstanceOfSatisfying(OwnedByOther.class, other -> assertThat(other.message())
                .contains("list shop in the chart's value services.redis.namespaces and set the annotation"));
        assertThat(EntryOwner.of(consul.intentions("redis"))).isEqualTo(new EntryOwner.Other());
        names.list("redis", "shop");
        assertThat(sync.sync(intention)).isEqualTo(new InSync(Change.ADOPTED));
        assertThat(EntryOwner.of(consul.intentions("redis"))).isEqualTo(EntryOwner.of(intention, "blue"));
    }

    @Test
    void changedOrRemovedEntryOfOursIsRepaired() {
        ServiceIntention intention = held();

        consul.force(Examples.entry("redis", EntryOwner.of(intention, "blue").meta(), List.of(Map.of("Name", "evil"))));
        assertThat(sync.sync(intention)).isEqualTo(new InSync(Change.REPAIRED));

        consul.delete(ConfigEntry.SERVICE_INTENTIONS, "redis");
        assertThat(sync.sync(intention)).isEqualTo(new InSync(Change.REPAIRED));
    }

    @Test
    void entryOfOursThatLostItsMarksIsDriftAndNoNewOwner() {
        ServiceIntention intention = held();

        consul.force(Examples.foreign("redis"));

        assertThat(sync.sync(intention)).isEqualTo(new InSync(Change.REPAIRED));
    }

    @Test
    void newSpecIsAnUpdateAndNoDrift() {
        ServiceIntention intention = held();
        intention.getMetadata().setGeneration(2L);
        intention.setSpec(
                Examples.intention("redis", "{destination: {name: redis}, sources: [{name: api, action: deny}]}")
                        .getSpec());

        assertThat(sync.sync(intention)).isEqualTo(new InSync(Change.WRITTEN));
    }

    @Test
    void youngerOfTwoIntentionsIsToldOfTheOther() {
        ServiceIntention older =
                Examples.intention("older", "{destination: {name: redis}, sources: [{name: a, action: deny}]}");
        older.getMetadata().setCreationTimestamp("2026-01-01T11:00:00Z");
        ServiceIntention younger = Examples.wwwToRedis();
        intentions.add(older);
        intentions.add(younger);

        assertThat(sync.sync(younger)).isInstanceOfSatisfying(Conflict.class, conflict -> assertThat(conflict.message())
                .contains("shop/older"));
        assertThat(sync.sync(older)).isEqualTo(new InSync(Change.WRITTEN));
    }

    @Test
    void rivalThatIsBeingDeletedIsNone() {
        ServiceIntention older =
                Examples.intention("older", "{destination: {name: redis}, sources: [{name: a, action: deny}]}");
        older.getMetadata().setCreationTimestamp("2026-01-01T11:00:00Z");
        older.getMetadata().setDeletionTimestamp("2026-01-01T13:00:00Z");
        intentions.add(older);

        assertThat(sync.sync(Examples.wwwToRedis())).isEqualTo(new InSync(Change.WRITTEN));
    }

    @Test
    void olderIntentionOfANamespaceThatDoesNotOwnTheDestinationIsNoConflict() {
        ServiceIntention older =
                Examples.intention("older", "{destination: {name: redis}, sources: [{name: a, action: deny}]}");
        older.getMetadata().setCreationTimestamp("2026-01-01T11:00:00Z");
        older.getMetadata().setNamespace("bank");
        intentions.add(older);
        names.give("redis", "shop");

        assertThat(sync.sync(Examples.wwwToRedis())).isEqualTo(new InSync(Change.WRITTEN));
    }

    @Test
    void writerWhoWasFasterIsSeenAndNotOverwritten() {
        consul.beforeNextWrite(() -> consul.force(Examples.foreign("redis")));

        assertThat(sync.sync(Examples.wwwToRedis())).isInstanceOf(OwnedByOther.class);
        assertThat(EntryOwner.of(consul.intentions("redis"))).isEqualTo(new EntryOwner.Other());
    }

    @Test
    void refusalIsToldInConsulsWords() {
        consul.failWith(new ConsulRefusedException(400, "permission denied"));

        assertThat(sync.sync(Examples.wwwToRedis())).isEqualTo(new ConsulRefused("permission denied"));
        assertThatThrownBy(() -> sync.remove(Examples.wwwToRedis())).isInstanceOf(ConsulRefusedException.class);
    }

    @Test
    void deletionRemovesOurEntry() {
        sync.sync(Examples.wwwToRedis());

        assertThat(sync.remove(Examples.wwwToRedis())).isTrue();
        assertThat(consul.list("service-intentions")).isEmpty();
    }

    @Test
    void deletionLeavesWhatIsNotOurs() {
        consul.force(Examples.foreign("redis"));

        assertThat(sync.remove(Examples.wwwToRedis())).isTrue();
        assertThat(consul.intentions("redis")).isNotNull();
    }

    @Test
    void lateDeletionLeavesTheEntryOfTheSuccessorWithTheSameName() {
        ServiceIntention successor = Examples.wwwToRedis();
        successor.getMetadata().setUid("another");
        sync.sync(successor);

        assertThat(sync.remove(Examples.wwwToRedis())).isTrue();
        assertThat(EntryOwner.of(consul.intentions("redis"))).isEqualTo(EntryOwner.of(successor, "blue"));
    }

    private ServiceIntention held() {
        ServiceIntention intention = Examples.wwwToRedis();
        return Examples.withStatus(intention, sync.sync(intention));
    }
}
