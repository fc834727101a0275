package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;

/** What an Event is about that concerns the installation and no intention. */
final class OperatorDeployment {
    private OperatorDeployment() {}

    static ObjectReference reference(String releaseNamespace) {
        return new ObjectReferenceBuilder()
                .withApiVersion("apps/v1")
                .withKind("Deployment")
                .withNamespace(releaseNamespace)
                .withName("hamesh-operator")
                .build();
    }
}
