package io.hamesh.testbed.binaries;

import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Digest;
import io.hamesh.testbed.host.Trees;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A Go module of ours whose tool directives name what is to be built, and the linker flags for it. */
public record GoModule(String name, Path folder, List<String> packages, String linkerFlags) {
    private static final Pattern KUBERNETES_VERSION = Pattern.compile("k8s\\.io/kubernetes v((\\d+)\\.(\\d+)\\.\\d+)");

    public static GoModule kubernetes(Checkout checkout) {
        var folder = checkout.at("deploy/platform/kubernetes");
        return new GoModule(
                "kubernetes",
                folder,
                List.of("tool", "./pause"),
                kubernetesFlags(Trees.read(folder.resolve("go.mod"))));
    }

    public static GoModule consul(Checkout checkout) {
        return new GoModule("consul", checkout.at("deploy/platform/consul"), List.of("tool"), "-s -w");
    }

    /** Kubernetes built from its module calls itself v0.0.0-master unless told: clients look at it. */
    static String kubernetesFlags(String goMod) {
        var version = KUBERNETES_VERSION.matcher(goMod);
        if (!version.find()) {
            throw new IllegalArgumentException("no version of k8s.io/kubernetes in deploy/platform/kubernetes/go.mod");
        }
        var variable = " -X k8s.io/component-base/version.";
        return "-s -w" + variable + "gitVersion=v" + version.group(1) + variable + "gitMajor=" + version.group(2)
                + variable + "gitMinor=" + version.group(3);
    }

    /** Changes with every file of the module and every flag, hence with every version. */
    String key(String goVersion) {
        var digest = new Digest().add(goVersion).add(linkerFlags).add(String.join(" ", packages));
        for (var file : Trees.walk(folder)) {
            if (Files.isRegularFile(file)) {
                digest.add(folder.relativize(file).toString()).add(Trees.readBytes(file));
            }
        }
        return digest.key();
    }
}
