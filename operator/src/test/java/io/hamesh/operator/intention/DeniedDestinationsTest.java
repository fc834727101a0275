package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.ownership.NamesInMemory;
import org.junit.jupiter.api.Test;

class DeniedDestinationsTest {
    private final IntentionsInMemory intentions = new IntentionsInMemory();
    private final NamesInMemory names = new NamesInMemory();
    private final DeniedDestinations denied =
            new DeniedDestinations(intentions, new DestinationOwners(names), "hamesh-system");

    @Test
    void destinationThatDeniesSomebodyIsFoundAndOneThatOnlyAllowsIsNot() {
        intentions.add(Examples.wwwToRedis());
        intentions.add(sources("api", "{name: www, action: allow}, {name: '*', action: deny}"));

        assertThat(denied.all()).containsExactly("api");
    }

    @Test
    void permissionsDenyInPart() {
        assertThat(DeniedDestinations.denies(sources("api", "{name: www, permissions: [{action: allow}]}")))
                .isTrue();
    }

    @Test
    void intentionThatIsNotWrittenToConsulDoesNotCount() {
        ServiceIntention deleted = sources("deleted", "{name: www, action: deny}");
        deleted.getMetadata().setDeletionTimestamp("2026-01-01T13:00:00Z");
        names.give("owned-by-bank", "bank");
        intentions.add(deleted);
        intentions.add(sources("owned-by-bank", "{name: www, action: deny}"));
        intentions.add(sources("wrong", "{name: www, action: deny}, {name: www, action: deny}"));
        intentions.add(sources("right", "{name: www, action: deny}"));

        assertThat(denied.all()).containsExactly("right");
    }

    private static ServiceIntention sources(String destination, String sources) {
        return Examples.intention(
                destination, "{destination: {name: " + destination + "}, sources: [" + sources + "]}");
    }
}
