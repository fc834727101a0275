package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Volumes made by hand, of a default StorageClass that provisions none: folders of the node. */
record Disks(Scene scene, int count) implements AutoCloseable {
    private static final String CLASS = "hamesh-e2e";
    private static final String PARENT = "/var/tmp/hamesh-e2e-disks";

    /** Made by a pod, because only that sees the node's files wherever the cluster runs. */
    static Disks make(Scene scene, int count) {
        Disks disks = new Disks(scene, count);
        disks.startKeeper();
        scene.client()
                .resource(new StorageClassBuilder()
                        .withNewMetadata()
                        .withName(CLASS)
                        .withAnnotations(Map.of("storageclass.kubernetes.io/is-default-class", "true"))
                        .endMetadata()
                        .withProvisioner("kubernetes.io/no-provisioner")
                        .build())
                .create();
        IntStream.range(0, count).forEach(disks::makeVolume);
        return disks;
    }

    @Override
    public void close() {
        IntStream.range(0, count).forEach(i -> scene.client()
                .persistentVolumes()
                .withName(CLASS + "-" + i)
                .delete());
        scene.client().storage().v1().storageClasses().withName(CLASS).delete();
        IntStream.range(0, count).forEach(i -> script(remove(i)));
    }

    private void startKeeper() {
        var pod = new PodBuilder()
                .withNewMetadata()
                .withName("disks")
                .endMetadata()
                .withNewSpec()
                .withTerminationGracePeriodSeconds(0L)
                .addNewVolume()
                .withName("parent")
                .withNewHostPath()
                .withPath(PARENT)
                .withType("DirectoryOrCreate")
                .endHostPath()
                .endVolume()
                .addNewContainer()
                .withName("disks")
                .withImage(TestImages.NODE)
                .withImagePullPolicy("IfNotPresent")
                .withCommand("node", "-e", "setInterval(() => {}, 1e6)")
                .withNewSecurityContext()
                .withRunAsUser(0L)
                .endSecurityContext()
                .addNewVolumeMount()
                .withName("parent")
                .withMountPath("/disks")
                .endVolumeMount()
                .endContainer()
                .endSpec()
                .build();
        scene.client().pods().inNamespace(scene.namespace()).resource(pod).create();
        scene.awaitReady("disks");
        IntStream.range(0, count)
                .forEach(i -> script(
                        remove(i) + "fs.mkdirSync('/disks/%1$d'); fs.chmodSync('/disks/%1$d', 0o777)".formatted(i)));
    }

    private static String remove(int i) {
        return "fs.rmSync('/disks/%d', {recursive: true, force: true}); ".formatted(i);
    }

    private void makeVolume(int i) {
        scene.client()
                .resource(new PersistentVolumeBuilder()
                        .withNewMetadata()
                        .withName(CLASS + "-" + i)
                        .endMetadata()
                        .withNewSpec()
                        .withStorageClassName(CLASS)
                        .withCapacity(Map.of("storage", new Quantity("1Gi")))
                        .withAccessModes(List.of("ReadWriteOnce"))
                        .withPersistentVolumeReclaimPolicy("Retain")
                        .withNewHostPath()
                        .withPath(PARENT + "/" + i)
                        .endHostPath()
                        .endSpec()
                        .build())
                .create();
    }

    private void script(String javascript) {
        scene.kubectl()
                .run("exec", "disks", "--", "node", "-e", "const fs = require('fs'); " + javascript)
                .expectSuccess();
    }
}
