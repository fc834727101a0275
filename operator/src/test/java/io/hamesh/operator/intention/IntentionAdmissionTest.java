package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.admission.v1.AdmissionRequest;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponse;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionReview;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.ownership.NamesInMemory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class IntentionAdmissionTest {
    private static final ServiceIntention WRONG =
            Examples.intention("redis", "{destination: {name: Redis}, sources: [{name: www}]}");

    private final IntentionsInMemory intentions = new IntentionsInMemory();
    private final NamesInMemory names = new NamesInMemory();
    private final IntentionAdmission admission =
            new IntentionAdmission(intentions, new DestinationOwners(names), "hamesh-system");

    @Test
    void rightIntentionIsAdmitted() {
        assertThat(create(Examples.wwwToRedis()).getAllowed()).isTrue();
    }

    @Test
    void destinationOfAnotherNamespaceIsRefusedWithOwnerAndFix() {
        names.give("redis", "bank");

        assertThat(create(Examples.wwwToRedis()).getStatus().getMessage())
                .isEqualTo(
                        "spec.destination.name: \"redis\" belongs to namespace bank: create this ServiceIntention there,"
                                + " or list bank, shop in the chart's value services.redis.namespaces");
    }

    @Test
    void destinationThatConsulKnowsFromOthersIsRefused() {
        names.known("redis", "instance redis-1 on node vm");
        assertThat(create(Examples.wwwToRedis()).getStatus().getMessage())
                .contains("\"redis\" is known to Consul from others (instance redis-1 on node vm): protect another");
    }

    @Test
    void wrongIntentionIsRefusedWithAllItsProblems() {
        AdmissionResponse answer = create(WRONG);

        assertThat(answer.getAllowed()).isFalse();
        assertThat(answer.getStatus().getMessage())
                .startsWith("2 problems:\n- spec.destination.name: ")
                .contains("\n- spec.sources[0].action: is missing: use allow or deny");
    }

    @Test
    void secondIntentionForADestinationIsRefusedNamingTheFirst() {
        intentions.add(Examples.wwwToRedis());

        AdmissionResponse answer = create(
                Examples.intention("second", "{destination: {name: redis}, sources: [{name: api, action: allow}]}"));

        assertThat(answer.getAllowed()).isFalse();
        assertThat(answer.getStatus().getMessage())
                .isEqualTo(
                        "spec.destination.name: \"redis\" already has ServiceIntention shop/redis: add the sources there, or"
                                + " delete it");
    }

    @Test
    void intentionThatWasJustDeletedIsNoObstacle() {
        intentions.informed.add(Examples.wwwToRedis());

        assertThat(create(Examples.intention(
                                "second", "{destination: {name: redis}, sources: [{name: api, action: deny}]}"))
                        .getAllowed())
                .isTrue();
    }

    @Test
    void changedSpecIsJudged() {
        assertThat(review("UPDATE", Examples.wwwToRedis(), WRONG).getAllowed()).isFalse();
    }

    @Test
    void unchangedSpecMayLoseItsFinalizerEvenIfItIsWrongByNow() {
        assertThat(review("UPDATE", WRONG, WRONG).getAllowed()).isTrue();
    }

    @Test
    void changeOfAnIntentionThatHasARivalIsNotRefusedForIt() {
        intentions.add(
                Examples.intention("second", "{destination: {name: redis}, sources: [{name: api, action: deny}]}"));

        ServiceIntention changed =
                Examples.intention("redis", "{destination: {name: redis}, sources: [{name: www, action: deny}]}");

        assertThat(review("UPDATE", Examples.wwwToRedis(), changed).getAllowed())
                .isTrue();
    }

    @Test
    void deletionIsAdmitted() {
        assertThat(review("DELETE", WRONG, null).getAllowed()).isTrue();
    }

    private AdmissionResponse create(ServiceIntention intention) {
        return review("CREATE", null, intention);
    }

    /** Through JSON, as the webhook's server reads it. */
    private AdmissionResponse review(
            String operation, @Nullable ServiceIntention before, @Nullable ServiceIntention after) {
        AdmissionRequest request = new AdmissionRequest();
        request.setOperation(operation);
        request.setNamespace("shop");
        request.setOldObject(before);
        request.setObject(after);
        AdmissionReview review = new AdmissionReview();
        review.setRequest(request);
        return admission.review(Serialization.unmarshal(Serialization.asJson(review), AdmissionReview.class)
                .getRequest());
    }
}
