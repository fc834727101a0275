package io.hamesh.operator.ownership;

import static io.hamesh.operator.ownership.Examples.KEPT;
import static io.hamesh.operator.ownership.Examples.SETTINGS;
import static io.hamesh.operator.ownership.Examples.START;
import static io.hamesh.operator.ownership.Examples.granting;
import static io.hamesh.operator.ownership.Examples.held;
import static io.hamesh.operator.ownership.Examples.holder;
import static io.hamesh.operator.ownership.Examples.listed;
import static io.hamesh.operator.ownership.Examples.livingSince;
import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.consul.InMemoryConsul;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimKeeperTest {
    private static final Grants NONE = granting(Map.of());

    private final InMemoryConsul consul = new InMemoryConsul();
    private final ClaimView view = new ClaimView("west");
    private final Map<String, List<Claimant>> living = new HashMap<>();
    private final Set<String> endedNamespaces = new HashSet<>();
    private final List<String> changes = new ArrayList<>();
    private final Map<String, List<String>> allowing = new HashMap<>();
    private final List<PinnedName> listed = new ArrayList<>();
    private final PinnedNames pinned = new PinnedNames();
    private final TestClock clock = new TestClock();
    private final FirstClaims firstClaims = new FirstClaims(clock);
    private final Set<String> others = new HashSet<>();
    private final ClaimWriter writer = new ClaimWriter(
            consul, view, SETTINGS, NONE, pinned, firstClaims, name -> !endedNamespaces.contains(name), clock);
    private final ClaimKeeper keeper = new ClaimKeeper(view, writer, pinned, SETTINGS, NONE, () -> living, clock);

    @BeforeEach
    void follow() {
        see(true);
        view.onChange(changes::add);
        firstClaims.ask(service -> others.contains(service) ? Optional.of("instance vm") : Optional.empty());
        pinned.ask(service -> allowing.getOrDefault(service, List.of()));
        pinned.onChange(names -> {
            listed.clear();
            listed.addAll(names);
        });
    }

    @Test
    void nothingIsClaimedBeforeConsulWasSeen() {
        living.put("api", List.of(livingSince("shop", 1)));
        new ClaimKeeper(new ClaimView("west"), writer, pinned, SETTINGS, NONE, () -> living, clock).look();
        assertThat(holder(consul, "api")).isEmpty();
    }

    @Test
    void whatLivesIsClaimedAndWhatIsListedToo() {
        living.put("api", List.of(livingSince("shop", 1)));
        keeper.look();
        assertThat(holder(consul, "api")).contains(held("west", "shop"));
        assertThat(holder(consul, "pay")).contains(listed("west", "bank", "shop"));
        assertThat(changes).containsExactlyInAnyOrder("api", "pay");
    }

    @Test
    void claimEndsAWhileAfterItsLastPod() {
        living.put("api", List.of(livingSince("shop", 1)));
        keeper.look();
        living.clear();
        keeper.look();
        clock.forward(KEPT.minusSeconds(1));
        keeper.look();
        assertThat(holder(consul, "api")).isPresent();
        clock.forward(Duration.ofSeconds(1));
        keeper.look();
        assertThat(holder(consul, "api")).isEmpty();
        assertThat(view.holder("api")).isEmpty();
    }

    @Test
    void podThatComesBackInTimeStartsTheWaitAnew() {
        living.put("api", List.of(livingSince("shop", 1)));
        keeper.look();
        for (int round = 0; round < 3; round++) {
            living.clear();
            keeper.look();
            clock.forward(KEPT.minusSeconds(1));
            living.put("api", List.of(livingSince("shop", 1)));
            keeper.look();
        }
        assertThat(holder(consul, "api")).isPresent();
    }

    @Test
    void nameOfAnEndedNamespaceGoesToWhoWaitsForIt() {
        living.put("api", List.of(livingSince("shop", 1)));
        keeper.look();
        living.put("api", List.of(livingSince("play", 2)));
        keeper.look();
        assertThat(holder(consul, "api")).contains(held("west", "shop"));
        endedNamespaces.add("shop");
        keeper.look();
        assertThat(holder(consul, "api")).contains(held("west", "play"));
    }

    @Test
    void nameThatConsulKnowsFromOthersIsClaimedOnceTheyAreGone() {
        others.add("db");
        living.put("db", List.of(livingSince("shop", 1)));
        keeper.look();
        assertThat(holder(consul, "db")).isEmpty();
        others.clear();
        keeper.look();
        assertThat(holder(consul, "db")).as("believed for a while").isEmpty();
        clock.forward(Duration.ofSeconds(6));
        keeper.look();
        assertThat(holder(consul, "db").orElseThrow().namespaces()).containsExactly("shop");
    }

    @Test
    void heldNameStaysHeldWhoeverElseComes() {
        living.put("db", List.of(livingSince("shop", 1)));
        keeper.look();
        others.add("db");
        keeper.look();
        see(false);
        consul.loseData();
        see(true);
        keeper.look();
        assertThat(holder(consul, "db")).contains(held("west", "shop"));
    }

    @Test
    void nameThatAnIntentionAllowsOutlivesItsLastPodAndItsNamespace() {
        abandonAllowed();
        endedNamespaces.add("shop");
        living.put("job", List.of(livingSince("play", 1)));
        keeper.look();
        assertThat(holder(consul, "job")).contains(held("west", "shop"));
        assertThat(listed)
                .containsExactly(new PinnedName("job", List.of("shop"), List.of("ServiceIntention bank/vault")));
    }

    @Test
    void nameIsFreeAsSoonAsNoIntentionAllowsItAnyMore() {
        abandonAllowed();
        allowing.clear();
        keeper.look();
        assertThat(holder(consul, "job")).isEmpty();
        assertThat(listed).isEmpty();
    }

    @Test
    void nameThatSomethingLivesOnAgainIsNotListed() {
        abandonAllowed();
        living.put("job", List.of(livingSince("shop", 1)));
        keeper.look();
        assertThat(listed).isEmpty();
        assertThat(holder(consul, "job")).contains(held("west", "shop"));
    }

    @Test
    void deletedKeyReleasesANameThatIntentionsAllow() {
        abandonAllowed();
        living.put("job", List.of(livingSince("play", 1)));
        consul.delete(Claim.key("job"));
        see(false);
        keeper.look();
        assertThat(holder(consul, "job").orElseThrow().namespaces()).containsExactly("play");
        assertThat(listed).isEmpty();
    }

    @Test
    void consulThatLostItsDataGetsNamesBackThatIntentionsAllow() {
        abandonAllowed();
        consul.loseData();
        see(true);
        living.put("job", List.of(livingSince("play", 1)));
        keeper.look();
        assertThat(holder(consul, "job")).contains(held("west", "shop"));
    }

    @Test
    void lostNameThatNothingAsksForIsFree() {
        living.put("api", List.of(livingSince("shop", 1)));
        keeper.look();
        living.clear();
        consul.loseData();
        see(true);
        keeper.look();
        living.put("api", List.of(livingSince("play", 2)));
        keeper.look();
        assertThat(holder(consul, "api")).contains(held("west", "play"));
    }

    /** Held by shop, allowed by the bank, and nothing lives on it any more. */
    private void abandonAllowed() {
        living.put("job", List.of(livingSince("shop", 1)));
        keeper.look();
        see(false);
        allowing.put("job", List.of("ServiceIntention bank/vault"));
        living.clear();
        keeper.look();
        clock.forward(KEPT);
        keeper.look();
    }

    @Test
    void consulThatLostItsDataGetsTheClaimsBack() {
        living.put("api", List.of(livingSince("shop", 5)));
        keeper.look();
        see(false);
        living.put("api", List.of(livingSince("play", 1), livingSince("shop", 5)));
        consul.loseData();
        see(true);
        assertThat(view.holder("api")).isEmpty();
        keeper.look();
        assertThat(holder(consul, "api")).contains(held("west", "shop"));
        assertThat(holder(consul, "pay")).isPresent();
    }

    @Test
    void whoIsFasterHasIt() {
        living.put("api", List.of(livingSince("shop", 1)));
        consul.beforeNextWrite(
                () -> consul.force(Claim.key("api"), held("east", "shop").json()));
        keeper.look();
        assertThat(holder(consul, "api")).contains(held("east", "shop"));
        assertThat(view.holder("api")).contains(held("east", "shop"));
    }

    @Test
    void nonsenseInAClaimIsWrittenOver() {
        consul.force(Claim.key("api"), "nobody");
        see(false);
        living.put("api", List.of(livingSince("shop", 1)));
        keeper.look();
        assertThat(holder(consul, "api")).contains(held("west", "shop"));
    }

    @Test
    void viewStaysWhileConsulIsAway() {
        living.put("api", List.of(livingSince("shop", 1)));
        keeper.look();
        consul.setAway(true);
        keeper.look();
        assertThat(view.holder("api")).contains(held("west", "shop"));
    }

    @Test
    void listingThatIsOlderThanWhatWasWrittenChangesNothing() {
        keeper.look();
        var older = consul.keys(Ownership.KEY_PREFIX, 0, Duration.ZERO);
        living.put("api", List.of(livingSince("shop", 1)));
        keeper.look();
        view.heard(older, false);
        assertThat(view.holder("api")).contains(held("west", "shop"));
    }

    private void see(boolean fresh) {
        view.heard(consul.keys(Ownership.KEY_PREFIX, 0, Duration.ZERO), fresh);
    }

    private static final class TestClock extends Clock {
        private Instant now = START;

        void forward(Duration duration) {
            now = now.plus(duration);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
