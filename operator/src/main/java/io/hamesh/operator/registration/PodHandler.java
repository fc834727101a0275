package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;

/** Where a pod's way begins: takes the informer's events, keeps them in the tracked pod, and has that reconciled. */
final class PodHandler implements ResourceEventHandler<Pod> {
    private final TrackedPods pods;
    private final PodController controller;
    private final UpstreamRedirects redirects;
    private final PodEvents events;

    PodHandler(TrackedPods pods, PodController controller, UpstreamRedirects redirects, PodEvents events) {
        this.pods = pods;
        this.controller = controller;
        this.redirects = redirects;
        this.events = events;
    }

    @Override
    public void onAdd(Pod pod) {
        TrackedPod tracked = pods.show(pod);
        controller.changed(tracked);
        SidecarTokens.in(pod).ifPresent(told -> events.warning(tracked, "SidecarHasToken", told));
        redirects.changed(tracked);
    }

    @Override
    public void onUpdate(Pod before, Pod after) {
        if (!PodKey.of(before).equals(PodKey.of(after))) {
            onDelete(before, false); // a successor of the same name, its predecessor's end unseen
        }
        TrackedPod tracked = pods.show(after);
        controller.changed(tracked);
        AnnotationChanges.between(before, after).ifPresent(told -> events.warning(tracked, "AnnotationIgnored", told));
    }

    @Override
    public void onDelete(Pod pod, boolean finalStateUnknown) {
        pods.find(PodKey.of(pod)).ifPresent(controller::gone);
    }
}
