package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.hamesh.model.ContainerNames;
import io.hamesh.model.FormerNames;

/**
 * Sidecars that the operator of another release wrote: while releases change, the first call for a pod may be one's and the
 * second call the other's. Judged more leniently than our own, because nothing of them stays: they are written anew.
 */
final class OtherRelease {
    private OtherRelease() {}

    /** Whether another release may have written it: our image of another tag, and nothing that no release of ours adds. */
    static boolean wrote(Container container, Container ours) {
        return isOfAnotherTag(container.getImage(), ours.getImage())
                && container.getCommand().isEmpty()
                && container.getArgs().isEmpty()
                && container.getLifecycle() == null
                && ours.getRestartPolicy().equals(container.getRestartPolicy())
                && ours.getSecurityContext().equals(container.getSecurityContext())
                && container.getEnv().stream().anyMatch(variable -> FormerNames.isReserved(variable.getName()))
                && container.getVolumeMounts().stream().allMatch(OtherRelease::isWhereOursIs);
    }

    private static boolean isOfAnotherTag(String image, String ours) {
        return image != null && !image.equals(ours) && repository(image).equals(repository(ours));
    }

    /** A registry's port has a colon, too. */
    private static String repository(String image) {
        String named = image.replaceFirst("@.*", "");
        int colon = named.lastIndexOf(':');
        return colon > named.lastIndexOf('/') ? named.substring(0, colon) : named;
    }

    private static boolean isWhereOursIs(VolumeMount mount) {
        return !ContainerNames.VOLUME.equals(mount.getName())
                || ContainerNames.VOLUME_PATH.equals(mount.getMountPath());
    }
}
