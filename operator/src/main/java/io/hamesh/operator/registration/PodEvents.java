package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.ConsulUnavailableException;
import io.hamesh.operator.events.EventRecorder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the owners of pods are told, as Events on them: nothing twice in a row, however often it is tried. */
class PodEvents {
    private static final Logger LOG = LoggerFactory.getLogger(PodEvents.class);

    private final EventRecorder recorder;

    PodEvents(EventRecorder recorder) {
        this.recorder = recorder;
    }

    /** Something went as it should. */
    final void normal(TrackedPod pod, String reason, String message) {
        tell(pod, EventRecorder.Type.NORMAL, reason, message);
    }

    /** Something needs attention. */
    final void warning(TrackedPod pod, String reason, String message) {
        tell(pod, EventRecorder.Type.WARNING, reason, message);
    }

    void tell(TrackedPod pod, EventRecorder.Type type, String reason, String message) {
        if (!pod.isNews(reason + message)) {
            return;
        }
        if (type == EventRecorder.Type.WARNING) {
            LOG.atWarn()
                    .addKeyValue("pod", pod.toString())
                    .addKeyValue("reason", reason)
                    .addKeyValue("error", message)
                    .log("pod needs attention");
        }
        var about = new ObjectReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Pod")
                .withNamespace(pod.key().namespace())
                .withName(pod.key().name())
                .withUid(pod.key().uid())
                .build();
        recorder.record(about, type, reason, message);
    }

    /** Told the first time, and when it comes after {@link #waits}. */
    void registered(TrackedPod pod, PodRegistration now, boolean first) {
        if (first || pod.waits()) {
            normal(
                    pod,
                    "Registered",
                    "in Consul as " + now.service().name() + " on " + now.node().name());
        }
    }

    void notRegistered(TrackedPod pod, String why) {
        warning(pod, "NotRegistered", why);
    }

    void copyTakesNoTraffic(TrackedPod pod, String original) {
        notRegistered(
                pod,
                "a copy of pod " + original
                        + ", as kubectl debug --copy-to makes it: it may call its upstreams, and takes"
                        + " no traffic of the mesh; for one more endpoint scale the workload, or create a pod without"
                        + " sidecars from its manifest");
    }

    /** Once, whatever Consul says at each further try. */
    void waits(TrackedPod pod, ConsulUnavailableException why) {
        if (!pod.waits(true)) {
            warning(
                    pod,
                    "RegistrationWaits",
                    "Consul does not have this pod as it is now, tried again until it has: " + why.getMessage());
        }
    }

    void protocolDiffers(TrackedPod pod, String note) {
        warning(pod, "ProtocolDiffers", note);
    }

    /** Again where it changes; each pod for itself. */
    void protocolWaits(TrackedPod pod, String why) {
        warning(pod, "ProtocolWaits", why);
    }

    void protocolRefused(TrackedPod pod, PodRegistration wanted, ConsulRefusedException why) {
        warning(
                pod,
                "ProtocolNotDeclared",
                "Consul refused protocol " + wanted.protocol().id() + " in service-defaults "
                        + wanted.service().name() + ", so callers go on with what stands there: " + why.reason()
                        + ". Give the pod that protocol, or change what needs it in Consul (a service-router,"
                        + " service-splitter or service-resolver of that name, or a route to it); tried again each minute");
    }
}
