package io.hamesh.operator.ownership;

import static io.hamesh.operator.ownership.Examples.GRANTED_ONLY;
import static io.hamesh.operator.ownership.Examples.SETTINGS;
import static io.hamesh.operator.ownership.Examples.granting;
import static io.hamesh.operator.ownership.Examples.held;
import static io.hamesh.operator.ownership.Examples.listed;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private final Judgement judgement = new Judgement(SETTINGS, granting(Map.of()));

    @Test
    void ownerAndNobodysNameAreNotRefused() {
        assertThat(judgement.refusal("api", Optional.of(held("west", "shop")), "shop"))
                .isEmpty();
        assertThat(judgement.refusal("api", Optional.empty(), "shop")).isEmpty();
    }

    @Test
    void othersAreRefusedWithOwnerAndBothRemedies() {
        assertThat(message("api", held("west", "shop"), "play"))
                .isEqualTo("\"api\" belongs to namespace shop: choose another name, or list play, shop in the chart's"
                        + " value services.api.namespaces");
    }

    @Test
    void sameNamespaceOfAnotherClusterIsAnotherOwner() {
        assertThat(message("api", held("east", "shop"), "shop"))
                .isEqualTo(
                        "\"api\" belongs to namespace shop of cluster east: choose another name, or list shop in this"
                                + " cluster's chart value services.api.namespaces");
    }

    @Test
    void valuesDecideWhoeverHoldsTheNameInConsul() {
        assertThat(judgement.refusal("pay", Optional.of(held("east", "shop")), "shop"))
                .isEmpty();
        assertThat(judgement.refusal("pay", Optional.empty(), "bank")).isEmpty();
        assertThat(message("pay", held("west", "play"), "play"))
                .isEqualTo("\"pay\" belongs to namespaces bank, shop by the chart's value services.pay.namespaces:"
                        + " choose another name, or add play there");
    }

    @Test
    void whereNamesAreGrantedOnlyTheGrantedHaveThem() {
        Judgement strict = new Judgement(GRANTED_ONLY, granting(Map.of("api", List.of("shop"))));
        assertThat(strict.refusal("api", Optional.empty(), "shop")).isEmpty();
        assertThat(strict.refusal("api", Optional.of(held("west", "play")), "play")
                        .orElseThrow()
                        .message("choose another name"))
                .isEqualTo(
                        "\"api\" belongs to namespace shop by the annotation hamesh.io/services: choose another name,"
                                + " or list play in the chart's value services.api.namespaces, or api in the annotation"
                                + " hamesh.io/services of Namespace play");
        assertThat(strict.refusal("www", Optional.empty(), "shop").orElseThrow().owner())
                .isEqualTo("\"www\" is granted to no namespace (serviceNames.grantedOnly)");
        assertThat(strict.refusal("pay", Optional.empty(), "bank"))
                .as("listed by the values")
                .isEmpty();
    }

    @Test
    void whereNamesAreGrantedWhatWasHeldBeforeStaysAndWhatIsGrantedNoMoreEnds() {
        Judgement strict = new Judgement(GRANTED_ONLY, granting(Map.of()));
        assertThat(strict.refusal("api", Optional.of(held("west", "shop")), "shop"))
                .isEmpty();
        assertThat(strict.refusal("api", Optional.of(held("west", "shop")), "play"))
                .isPresent();
        assertThat(strict.refusal("api", Optional.of(listed("west", "shop")), "shop"))
                .isPresent();
    }

    @Test
    void annotationTakesNoNameFromAnotherCluster() {
        Judgement strict = new Judgement(GRANTED_ONLY, granting(Map.of("api", List.of("shop"))));
        assertThat(strict.refusal("api", Optional.of(held("east", "shop")), "shop"))
                .isPresent();
    }

    private String message(String service, Holder holder, String namespace) {
        return judgement
                .refusal(service, Optional.of(holder), namespace)
                .orElseThrow()
                .message("choose another name");
    }
}
