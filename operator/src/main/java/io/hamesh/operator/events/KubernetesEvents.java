package io.hamesh.operator.events;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hamesh.operator.work.Loop;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes Events into the namespace of the object that they are about. */
public final class KubernetesEvents implements EventRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesEvents.class);
    private static final String COMPONENT = "hamesh-operator";

    /** Kubernetes' own bound for an Event's message. */
    private static final int MAX_MESSAGE = 1024;

    private final KubernetesClient client;

    public KubernetesEvents(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public void record(ObjectReference about, Type type, String reason, String message) {
        Event event = event(about, type == Type.NORMAL ? "Normal" : "Warning", reason, message);
        try {
            client.resource(event).create();
        } catch (KubernetesClientException e) {
            LOG.atWarn()
                    .addKeyValue("object", about.getNamespace() + "/" + about.getName())
                    .addKeyValue("reason", reason)
                    .addKeyValue("error", e.getMessage())
                    .log("event not written");
        } finally {
            Loop.signOfLife();
        }
    }

    private static Event event(ObjectReference about, String type, String reason, String message) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new EventBuilder()
                .withNewMetadata()
                .withGenerateName(about.getName() + ".")
                .withNamespace(about.getNamespace())
                .endMetadata()
                .withInvolvedObject(about)
                .withType(type)
                .withReason(reason)
                .withMessage(message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) : message)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withCount(1)
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .build();
    }
}
