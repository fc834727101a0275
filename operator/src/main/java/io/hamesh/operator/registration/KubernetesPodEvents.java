package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events in Kubernetes; the same one twice in a row for a pod is written once. */
final class KubernetesPodEvents implements PodEvents {
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesPodEvents.class);
    private static final String COMPONENT = "hamesh-operator";

    private final KubernetesClient client;
    private final Clock clock;
    private final Map<PodKey, String> last = new ConcurrentHashMap<>();

    KubernetesPodEvents(KubernetesClient client, Clock clock) {
        this.client = client;
        this.clock = clock;
    }

    @Override
    public void normal(PodKey pod, String reason, String message) {
        write("Normal", pod, reason, message);
    }

    @Override
    public void warning(PodKey pod, String reason, String message) {
        LOG.warn("pod={} reason={} message=\"{}\"", pod, reason, message);
        write("Warning", pod, reason, message);
    }

    void forget(PodKey pod) {
        last.remove(pod);
    }

    private void write(String type, PodKey pod, String reason, String message) {
        String event = reason + message;
        if (event.equals(last.put(pod, event))) {
            return;
        }
        try {
            create(type, pod, reason, message);
        } catch (KubernetesClientException e) {
            LOG.warn("event not written pod={} reason={} cause=\"{}\"", pod, reason, e.getMessage());
        }
    }

    private void create(String type, PodKey pod, String reason, String message) {
        String now = Instant.now(clock).truncatedTo(ChronoUnit.SECONDS).toString();
        var event = new EventBuilder()
                .withNewMetadata()
                .withGenerateName(pod.name() + ".")
                .withNamespace(pod.namespace())
                .endMetadata()
                .withInvolvedObject(new ObjectReferenceBuilder()
                        .withApiVersion("v1")
                        .withKind("Pod")
                        .withNamespace(pod.namespace())
                        .withName(pod.name())
                        .withUid(pod.uid())
                        .build())
                .withType(type)
                .withReason(reason)
                .withMessage(message)
                .withCount(1)
                .withFirstTimestamp(now)
                .withLastTimestamp(now)
                .withNewSource(COMPONENT, null)
                .withReportingComponent(COMPONENT)
                .build();
        client.v1().events().inNamespace(pod.namespace()).resource(event).create();
    }
}
