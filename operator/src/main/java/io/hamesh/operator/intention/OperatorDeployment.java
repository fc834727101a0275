package io.hamesh.operator.intention;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;

/** The operator's own Deployment: Events that concern the installation, and no single intention, are about it. */
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
