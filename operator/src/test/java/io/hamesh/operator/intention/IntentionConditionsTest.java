package io.hamesh.operator.intention;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.api.v1alpha1.ServiceIntentionStatus;
import io.hamesh.operator.intention.SyncResult.Change;
import io.hamesh.operator.intention.SyncResult.Conflict;
import io.hamesh.operator.intention.SyncResult.ConsulRefused;
import io.hamesh.operator.intention.SyncResult.ConsulUnavailable;
import io.hamesh.operator.intention.SyncResult.InSync;
import io.hamesh.operator.intention.SyncResult.Invalid;
import io.hamesh.operator.intention.SyncResult.OwnedByOther;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IntentionConditionsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00.5Z");

    static Stream<Arguments> results() {
        return Stream.of(
                Arguments.of(new InSync(Change.WRITTEN), "True/Accepted", "True/Synced"),
                Arguments.of(new Invalid(List.of("spec: x")), "False/Invalid", "False/NotAccepted"),
                Arguments.of(new Conflict("x"), "False/Conflict", "False/NotAccepted"),
                Arguments.of(new OwnedByOther("x"), "True/Accepted", "False/OwnedByOther"),
                Arguments.of(new ConsulRefused("x"), "True/Accepted", "False/ConsulRefused"),
                Arguments.of(new ConsulUnavailable("x"), "True/Accepted", "False/ConsulUnavailable"));
    }

    @ParameterizedTest
    @MethodSource("results")
    void resultIsToldInBothConditions(SyncResult result, String accepted, String synced) {
        ServiceIntentionStatus status = IntentionConditions.after(result, Examples.wwwToRedis(), NOON);

        assertThat(status.observedGeneration()).isEqualTo(1);
        assertThat(status.all())
                .extracting(
                        condition -> condition.getType() + "=" + condition.getStatus() + "/" + condition.getReason())
                .containsExactly("Accepted=" + accepted, "Synced=" + synced);
    }

    @Test
    void nothingNewMakesTheSameStatus() {
        ServiceIntention intention = Examples.withStatus(Examples.wwwToRedis(), new ConsulRefused("x"));

        assertThat(IntentionConditions.after(new ConsulRefused("x"), intention, NOON))
                .isEqualTo(intention.getStatus());
    }

    @Test
    void transitionTimeIsWhenTheStatusTurnedAndNotWhenTheReasonDid() {
        ServiceIntention intention = Examples.withStatus(Examples.wwwToRedis(), new ConsulRefused("x"));

        assertThat(syncedSince(new ConsulUnavailable("y"), intention)).isEqualTo("1970-01-01T00:00:00Z");
        assertThat(syncedSince(new InSync(Change.WRITTEN), intention)).isEqualTo("2026-01-01T12:00:00Z");
    }

    private static String syncedSince(SyncResult result, ServiceIntention intention) {
        return IntentionConditions.after(result, intention, NOON)
                .all()
                .getLast()
                .getLastTransitionTime();
    }
}
