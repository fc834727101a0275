package io.hamesh.operator.ownership;

import static io.hamesh.operator.ownership.Examples.SETTINGS;
import static io.hamesh.operator.ownership.Examples.held;
import static io.hamesh.operator.ownership.Examples.holder;
import static io.hamesh.operator.ownership.Examples.livingSince;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.consul.TxnOperation.CheckKey;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.ownership.ClaimVerdict.Owner;
import io.hamesh.operator.ownership.ClaimVerdict.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OwnershipTest {
    private static final Claimant SHOP = livingSince("shop", 2);
    private static final Claimant PLAY = livingSince("play", 3);

    private final InMemoryConsul consul = new InMemoryConsul();

    /** Never asked: namespaces are watched only where the operator leads. */
    private final KubernetesClient nowhere = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder().withMasterUrl("http://127.0.0.1:1").build())
            .build();

    private final Ownership ownership = new Ownership(nowhere, consul, SETTINGS, new Health());

    @AfterEach
    void close() {
        ownership.close();
        nowhere.close();
    }

    @Test
    void firstHasTheNameAsLongAsItsClaimStands() {
        assertThat(ownership.claim("api", SHOP)).isEqualTo(new Owner(List.of(new CheckKey("hamesh/claims/api", 1))));
        assertThat(ownership.claim("api", PLAY)).isInstanceOf(Refused.class);
        assertThat(ownership.refusal("api", "play")).isPresent();
        assertThat(ownership.refusal("api", "shop")).isEmpty();
    }

    @Test
    void heldNameCostsNoCall() {
        ownership.claim("api", SHOP);
        int reads = consul.keyReads();
        ownership.claim("api", SHOP);
        ownership.claim("api", PLAY);
        assertThat(consul.keyReads()).isEqualTo(reads);
    }

    @Test
    void elderHasItEvenIfTheYoungerAsksFirst() {
        ownership.among(() -> Map.of("api", List.of(PLAY, SHOP)));
        assertThat(ownership.claim("api", PLAY)).isInstanceOf(Refused.class);
        assertThat(holder(consul, "api").orElseThrow().namespaces()).containsExactly("shop");
    }

    @Test
    void nameThatConsulKnowsFromOthersIsRefusedUntilItIsListed() {
        ownership.except(service -> service.equals("db") || service.equals("pay")
                ? Optional.of("instance db-1 on node vm")
                : Optional.empty());
        assertThat(ownership.claim("db", SHOP)).isInstanceOfSatisfying(Refused.class, refused -> assertThat(
                        refused.why().message("choose another name"))
                .isEqualTo("\"db\" is known to Consul from others (instance db-1 on node vm): choose another name, or"
                        + " list shop in the chart's value services.db.namespaces"));
        assertThat(holder(consul, "db")).isEmpty();
        assertThat(ownership.claim("pay", SHOP)).as("listed").isInstanceOf(Owner.class);
        assertThat(ownership.claim("api", SHOP)).as("nobody else's").isInstanceOf(Owner.class);
    }

    @Test
    void admissionAsksOnlyForNamesThatNobodyHolds() {
        List<String> asked = new ArrayList<>();
        ownership.claim("db", SHOP);
        ownership.except(service -> {
            asked.add(service);
            return Optional.of("instance db-1 on node vm");
        });
        ownership.start();
        assertThat(ownership.admissionRefusal("new", "shop")).isPresent();
        assertThat(ownership.admissionRefusal("db", "shop")).isEmpty();
        assertThat(ownership.admissionRefusal("pay", "shop")).isEmpty();
        assertThat(asked).containsExactly("new");
    }

    @Test
    void manyAdmissionsOfANewNameAskConsulOnce() {
        List<String> asked = new ArrayList<>();
        ownership.except(service -> {
            asked.add(service);
            return Optional.empty();
        });
        ownership.start();
        for (int i = 0; i < 50; i++) {
            assertThat(ownership.admissionRefusal("new", "shop")).isEmpty();
        }
        assertThat(asked.size()).isLessThan(10);
        assertThat(ownership.claim("new", SHOP)).as("asks again").isInstanceOf(Owner.class);
    }

    @Test
    void admissionWaitsForNoConsulThatDoesNotAnswer() {
        ownership.start();
        ownership.except(service -> {
            throw new ConsulRefusedException(503, "away");
        });
        assertThat(ownership.admissionRefusal("new", "shop")).isEmpty();
    }

    @Test
    void nameIsFreeOnlyOnceConsulWasSeenAndNobodyHereHasIt() {
        assertThat(ownership.isFree("api")).as("not seen yet").isFalse();
        consul.force("hamesh/claims/api", held("west", "shop").json());
        consul.force("hamesh/claims/far", held("east", "shop").json());
        ownership.start();
        assertThat(ownership.isFree("api")).isFalse();
        assertThat(ownership.isFree("pay")).as("listed").isFalse();
        assertThat(ownership.isFree("far")).as("another cluster's").isTrue();
        assertThat(ownership.isFree("other")).isTrue();
    }

    @Test
    void doubtAsksConsulAnew() {
        ownership.claim("api", SHOP);
        consul.force("hamesh/claims/api", held("east", "shop").json());
        assertThat(ownership.claim("api", SHOP)).isInstanceOf(Owner.class);
        ownership.doubt("api");
        assertThat(ownership.claim("api", SHOP)).isInstanceOf(Refused.class);
    }

    @Test
    void withConsulAwayWhatIsHeldIsJudgedAndTheRestWaits() {
        ownership.claim("api", SHOP);
        consul.setAway(true);
        assertThat(ownership.claim("api", SHOP)).isInstanceOf(Owner.class);
        assertThat(ownership.claim("api", PLAY)).isInstanceOf(Refused.class);
        assertThat(ownership.refusal("other", "play")).isEmpty();
        assertThatThrownBy(() -> ownership.claim("other", PLAY)).isInstanceOf(ConsulException.class);
    }

    @Test
    void listedNameNeedsNoConsul() {
        consul.setAway(true);
        assertThat(ownership.claim("pay", SHOP)).isEqualTo(new Owner(List.of()));
        assertThat(ownership.claim("pay", PLAY)).isInstanceOf(Refused.class);
    }
}
