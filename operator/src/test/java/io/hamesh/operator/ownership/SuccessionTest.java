package io.hamesh.operator.ownership;

import static io.hamesh.operator.ownership.Examples.GRANTED_ONLY;
import static io.hamesh.operator.ownership.Examples.KEPT;
import static io.hamesh.operator.ownership.Examples.SETTINGS;
import static io.hamesh.operator.ownership.Examples.START;
import static io.hamesh.operator.ownership.Examples.granting;
import static io.hamesh.operator.ownership.Examples.held;
import static io.hamesh.operator.ownership.Examples.listed;
import static io.hamesh.operator.ownership.Examples.livingSince;
import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.ownership.Succession.Situation;
import io.hamesh.operator.ownership.Succession.Step;
import io.hamesh.operator.ownership.Succession.Step.Delete;
import io.hamesh.operator.ownership.Succession.Step.Keep;
import io.hamesh.operator.ownership.Succession.Step.Write;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SuccessionTest {
    private static final Keep KEEP = new Keep();

    private OwnershipSettings settings = SETTINGS;
    private Map<String, List<String>> granted = Map.of();
    private String service = "api";
    private @Nullable Holder holder;
    private @Nullable Holder before;
    private Duration idle = Duration.ZERO;
    private boolean namespaceExists = true;
    private boolean pinned;
    private boolean deleted;
    private boolean others;

    @Test
    void nameThatNobodyHasGoesToTheOldest() {
        assertThat(next(livingSince("late", 2), livingSince("early", 1), livingSince("later", 3)))
                .isEqualTo(new Write(held("west", "early")));
    }

    @Test
    void sameAgeIsDecidedTheSameWayEachTime() {
        assertThat(next(livingSince("b", 1), livingSince("a", 1))).isEqualTo(new Write(held("west", "a")));
    }

    @Test
    void nameThatNobodyWantsIsNotClaimed() {
        assertThat(next()).isEqualTo(KEEP);
    }

    @Test
    void whoHasItKeepsItHoweverYoungHisPods() {
        holder = held("west", "shop");
        assertThat(next(livingSince("elder", 1), livingSince("shop", 9))).isEqualTo(KEEP);
    }

    @Test
    void lostClaimGoesBackToWhoHadIt() {
        before = held("west", "shop");
        assertThat(next(livingSince("elder", 1), livingSince("shop", 9))).isEqualTo(new Write(held("west", "shop")));
    }

    @Test
    void lostClaimOfAnAbandonedNameGoesToTheOldest() {
        before = held("west", "shop");
        assertThat(next(livingSince("elder", 1))).isEqualTo(new Write(held("west", "elder")));
    }

    @Test
    void idleClaimIsKeptForAWhile() {
        holder = held("west", "shop");
        idle = KEPT.minusSeconds(1);
        assertThat(next()).isEqualTo(KEEP);
        assertThat(next(livingSince("waiting", 1))).isEqualTo(KEEP);
        idle = KEPT;
        assertThat(next()).isEqualTo(new Delete());
        assertThat(next(livingSince("waiting", 1))).isEqualTo(new Write(held("west", "waiting")));
    }

    @Test
    void claimEndsWithItsNamespace() {
        holder = held("west", "shop");
        namespaceExists = false;
        assertThat(next()).isEqualTo(new Delete());
        assertThat(next(livingSince("waiting", 1))).isEqualTo(new Write(held("west", "waiting")));
    }

    @Test
    void nameThatAnIntentionAllowsNeverChangesItsNamespaceByItself() {
        pinned = true;
        holder = held("west", "shop");
        idle = KEPT;
        assertThat(next(livingSince("waiting", 1))).isEqualTo(KEEP);
        assertThat(next()).isEqualTo(KEEP);
        namespaceExists = false;
        assertThat(next(livingSince("waiting", 1))).isEqualTo(KEEP);
        holder = listed("west", "bank", "shop");
        assertThat(next(livingSince("waiting", 1))).isEqualTo(KEEP);
    }

    @Test
    void lostNameThatAnIntentionAllowsGoesBackUnlessItsKeyWasDeleted() {
        pinned = true;
        before = held("west", "shop");
        assertThat(next(livingSince("waiting", 1))).isEqualTo(new Write(held("west", "shop")));
        deleted = true;
        assertThat(next(livingSince("waiting", 1))).isEqualTo(new Write(held("west", "waiting")));
    }

    @Test
    void valuesMoveANameWhateverIntentionsAllow() {
        service = "pay";
        pinned = true;
        holder = held("west", "thief");
        assertThat(next()).isEqualTo(new Write(listed("west", "bank", "shop")));
    }

    @Test
    void firstClaimOfANameThatOthersHaveIsNone() {
        others = true;
        assertThat(next(livingSince("shop", 1))).isEqualTo(KEEP);
        settings = GRANTED_ONLY;
        granted = Map.of("api", List.of("shop"));
        assertThat(next(livingSince("shop", 1))).isEqualTo(KEEP);
        service = "pay";
        assertThat(next()).as("what the values list").isEqualTo(new Write(listed("west", "bank", "shop")));
    }

    @Test
    void heldNameStaysThoughOthersHaveItTooAndGoesToNobodyElse() {
        others = true;
        holder = held("west", "shop");
        assertThat(next(livingSince("shop", 1))).isEqualTo(KEEP);
        idle = KEPT;
        assertThat(next(livingSince("waiting", 1))).isEqualTo(new Delete());
        holder = null;
        before = held("west", "shop");
        assertThat(next(livingSince("shop", 1))).isEqualTo(new Write(held("west", "shop")));
    }

    @Test
    void whereNamesAreGrantedNobodyIsFirst() {
        settings = GRANTED_ONLY;
        assertThat(next(livingSince("first", 1))).isEqualTo(KEEP);
        granted = Map.of("api", List.of("shop"));
        assertThat(next(livingSince("first", 1))).isEqualTo(new Write(listed("west", "shop")));
        holder = listed("west", "shop");
        assertThat(next()).isEqualTo(KEEP);
        granted = Map.of("api", List.of("bank"));
        assertThat(next(livingSince("shop", 1))).isEqualTo(new Write(listed("west", "bank")));
        granted = Map.of();
        assertThat(next(livingSince("shop", 1))).isEqualTo(new Delete());
    }

    @Test
    void whatWasHeldBeforeNamesHadToBeGrantedStaysUntilItEnds() {
        settings = GRANTED_ONLY;
        holder = held("west", "shop");
        assertThat(next(livingSince("elder", 1), livingSince("shop", 2))).isEqualTo(KEEP);
        idle = KEPT;
        assertThat(next(livingSince("elder", 1))).isEqualTo(new Delete());
        granted = Map.of("api", List.of("elder"));
        assertThat(next(livingSince("shop", 2))).isEqualTo(new Write(listed("west", "elder")));
    }

    @Test
    void annotationGrantsNothingWhereNamesNeedNoGrant() {
        granted = Map.of("api", List.of("bank"));
        holder = held("west", "shop");
        assertThat(next(livingSince("shop", 1))).isEqualTo(KEEP);
    }

    @Test
    void podOutlivesTheNewsOfItsNamespace() {
        holder = held("west", "shop");
        namespaceExists = false;
        assertThat(next(livingSince("shop", 1))).isEqualTo(KEEP);
    }

    @Test
    void anotherClustersClaimIsNeverTouched() {
        holder = held("east", "shop");
        idle = KEPT.multipliedBy(2);
        namespaceExists = false;
        assertThat(next(livingSince("shop", 1))).isEqualTo(KEEP);
    }

    @Test
    void listedNameIsHeldByAllThatTheValuesListAndBeforeAnyPod() {
        service = "pay";
        Write written = new Write(listed("west", "bank", "shop"));
        assertThat(next()).isEqualTo(written);
        holder = held("west", "thief");
        assertThat(next(livingSince("thief", 1))).isEqualTo(written);
        holder = listed("west", "bank", "shop");
        assertThat(next()).isEqualTo(KEEP);
        idle = KEPT;
        assertThat(next()).isEqualTo(KEEP);
    }

    @Test
    void listedNameLeavesAnotherClustersClaimStanding() {
        service = "pay";
        holder = held("east", "shop");
        assertThat(next(livingSince("shop", 1))).isEqualTo(KEEP);
    }

    @Test
    void nameThatIsNoLongerListedGoesToTheOldestAmongThoseThatWere() {
        holder = listed("west", "bank", "shop");
        assertThat(next(livingSince("elder", 1), livingSince("shop", 3), livingSince("bank", 2)))
                .isEqualTo(new Write(held("west", "bank")));
        assertThat(next(livingSince("elder", 1))).isEqualTo(new Write(held("west", "elder")));
        assertThat(next()).isEqualTo(new Delete());
    }

    private Step next(Claimant... claimants) {
        Claim claim = new Claim(service, Optional.ofNullable(holder), holder == null ? 0 : 7);
        return new Succession(settings, granting(granted))
                .next(
                        new Situation(
                                claim,
                                Optional.ofNullable(before),
                                deleted,
                                List.of(claimants),
                                idle,
                                name -> namespaceExists,
                                holder -> pinned,
                                () -> others),
                        START);
    }
}
