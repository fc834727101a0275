package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.hamesh.operator.events.EventRecorder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the same thing twice in a row about a pod only once, however often it is tried. */
final class PodEventsOnce implements PodEvents {
    private static final Logger LOG = LoggerFactory.getLogger(PodEventsOnce.class);

    private final EventRecorder recorder;
    private final Map<PodKey, String> last = new ConcurrentHashMap<>();

    PodEventsOnce(EventRecorder recorder) {
        this.recorder = recorder;
    }

    @Override
    public void normal(PodKey pod, String reason, String message) {
        record(pod, EventRecorder.Type.NORMAL, reason, message);
    }

    @Override
    public void warning(PodKey pod, String reason, String message) {
        record(pod, EventRecorder.Type.WARNING, reason, message);
    }

    void forget(PodKey pod) {
        last.remove(pod);
    }

    private void record(PodKey pod, EventRecorder.Type type, String reason, String message) {
        String event = reason + message;
        if (event.equals(last.put(pod, event))) {
            return;
        }
        if (type == EventRecorder.Type.WARNING) {
            LOG.atWarn()
                    .addKeyValue("pod", pod.toString())
                    .addKeyValue("reason", reason)
                    .addKeyValue("why", message)
                    .log("pod needs attention");
        }
        var about = new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Pod")
                .withNamespace(pod.namespace())
                .withName(pod.name())
                .withUid(pod.uid())
                .build();
        recorder.record(about, type, reason, message);
    }
}
