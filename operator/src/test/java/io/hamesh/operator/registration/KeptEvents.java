package io.hamesh.operator.registration;

import io.hamesh.operator.events.EventRecorder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Keeps what pods are told, the same twice in a row too: {@code Reason: message}, and of what went well the reason alone. */
final class KeptEvents extends PodEvents {
    final Queue<String> told = new ConcurrentLinkedQueue<>();

    KeptEvents() {
        super((about, type, reason, message) -> {
            throw new AssertionError(message);
        });
    }

    @Override
    void tell(TrackedPod pod, EventRecorder.Type type, String reason, String message) {
        told.add(type == EventRecorder.Type.NORMAL ? reason : reason + ": " + message);
    }
}
