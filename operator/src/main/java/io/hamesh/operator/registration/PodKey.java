package io.hamesh.operator.registration;

import io.fabric8.kubernetes.api.model.Pod;

/** One life of a pod: a StatefulSet's next pod has the same name and another uid. */
record PodKey(String namespace, String name, String uid) {
    static PodKey of(Pod pod) {
        return new PodKey(
                pod.getMetadata().getNamespace(),
                pod.getMetadata().getName(),
                pod.getMetadata().getUid());
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
