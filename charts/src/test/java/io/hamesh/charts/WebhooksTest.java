package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code templates/webhooks.yaml}. */
class WebhooksTest {
    private final Manifests manifests = Chart.withExternalConsul();
    private final JsonNode injection = webhook("MutatingWebhookConfiguration");
    private final JsonNode reapplication = manifests
            .get("MutatingWebhookConfiguration", "hamesh")
            .path("webhooks")
            .path(1);
    private final JsonNode intentions = webhook("ValidatingWebhookConfiguration");

    @Test
    void operatorIsAskedOnItsService() {
        JsonNode service = manifests.get("Service", "hamesh-webhook");
        assertThat(service.at("/spec/ports/0/port").asInt()).isEqualTo(443);
        assertThat(service.at("/spec/ports/0/targetPort"))
                .as("by number: before Kubernetes 1.32 a Service finds no named port of a native sidecar")
                .isEqualTo(IntNode.valueOf(9443));
        for (JsonNode webhook : List.of(injection, reapplication, intentions)) {
            assertThat(webhook.at("/clientConfig/service/name").asText()).isEqualTo("hamesh-webhook");
            assertThat(webhook.at("/clientConfig/service/namespace").asText()).isEqualTo(Chart.NAMESPACE);
        }
        assertThat(injection.at("/clientConfig/service/path").asText()).isEqualTo("/inject");
        assertThat(intentions.at("/clientConfig/service/path").asText()).isEqualTo("/validate-serviceintention");
    }

    /** What a chart never names, Helm leaves alone on an upgrade. */
    @Test
    void caBundleIsLeftToTheOperator() {
        assertThat(injection.at("/clientConfig").has("caBundle")).isFalse();
        assertThat(reapplication.at("/clientConfig").has("caBundle")).isFalse();
        assertThat(intentions.at("/clientConfig").has("caBundle")).isFalse();
    }

    @Test
    void nothingGetsPastAnOperatorThatIsAway() {
        assertThat(injection.path("failurePolicy").asText()).isEqualTo("Fail");
        assertThat(intentions.path("failurePolicy").asText()).isEqualTo("Fail");
    }

    @Test
    void otherPodsNeverMeetTheWebhook() {
        assertThat(injection.at("/matchConditions/0/expression").asText())
                .contains("hamesh.io/", "hamesh-", "has(object.metadata.annotations)", "has(object.metadata.labels)");
        assertThat(injection.at("/rules/0/operations").toString()).isEqualTo("[\"CREATE\"]");
        assertThat(injection.at("/rules/0/resources").toString()).isEqualTo("[\"pods\"]");
    }

    @Test
    void updatesOfAPodAreShownOnlyWhereTheyTouchWhatInjectionRewrites() {
        assertThat(reapplication.at("/rules/0/operations").toString()).isEqualTo("[\"UPDATE\"]");
        assertThat(reapplication.at("/rules/0/resources").toString()).isEqualTo("[\"pods\"]");
        assertThat(reapplication.path("failurePolicy").asText()).isEqualTo("Ignore");
        assertThat(reapplication.at("/matchConditions/0/expression").asText()).contains("hamesh.io/injected");
        assertThat(reapplication.at("/matchConditions/1/expression").asText())
                .contains("readinessProbe", "livenessProbe", "startupProbe", "lifecycle", "initContainers", "!=")
                .doesNotContain("image");
    }

    @Test
    void intentionsThatGoAwayNeedNoOperator() {
        assertThat(intentions.at("/matchConditions/0/expression").asText())
                .isEqualTo("!has(object.metadata.deletionTimestamp)");
        assertThat(intentions.at("/rules/0/operations").toString()).isEqualTo("[\"CREATE\",\"UPDATE\"]");
    }

    private JsonNode webhook(String kind) {
        JsonNode webhooks = manifests.get(kind, "hamesh").path("webhooks");
        assertThat(webhooks).hasSize(kind.startsWith("Mutating") ? 2 : 1);
        return webhooks.get(0);
    }
}
