package io.hamesh.operator.ownership;

import static io.hamesh.operator.ownership.Examples.SETTINGS;
import static io.hamesh.operator.ownership.Examples.held;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private final Judgement judgement = new Judgement(SETTINGS);

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

    private String message(String service, Holder holder, String namespace) {
        return judgement
                .refusal(service, Optional.of(holder), namespace)
                .orElseThrow()
                .message("choose another name");
    }
}
