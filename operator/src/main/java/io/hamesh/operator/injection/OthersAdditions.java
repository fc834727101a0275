package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.hamesh.model.BootstrapSettings;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.FormerNames;
import java.util.List;

/**
 * What the API server's own admission, a recommender of resources and other webhooks may do to the sidecars between two calls
 * of ours. Resources are kept. Variables, mounts and devices are dropped, because a sidecar needs none: it is written anew.
 * Whatever else differs is no addition, but a sidecar of somebody else's.
 */
final class OthersAdditions {
    private OthersAdditions() {}

    /** Whether it is {@code ours}, as an operator wrote it before or after a change of {@code tls.postQuantum}. */
    static boolean areAllThatDiffers(Container container, Container ours) {
        return withoutKeyExchange(ours).equals(withoutKeyExchange(removed(container, ours)));
    }

    /** The container as it was when we wrote {@code ours}, if others have but added to it since. */
    private static Container removed(Container container, Container ours) {
        return new ContainerBuilder(container)
                .withImagePullPolicy(ours.getImagePullPolicy())
                .withResources(ours.getResources())
                .removeMatchingFromEnv(variable -> !FormerNames.isReserved(variable.getName()))
                .withEnvFrom(List.of())
                .removeMatchingFromVolumeMounts(mount -> !ContainerNames.VOLUME.equals(mount.getName()))
                .withVolumeDevices(List.of())
                .build();
    }

    private static Container withoutKeyExchange(Container container) {
        return new ContainerBuilder(container)
                .removeMatchingFromEnv(variable -> BootstrapSettings.POST_QUANTUM.equals(variable.getName()))
                .build();
    }
}
