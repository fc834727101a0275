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

    /** Both ends of the data plane's benchmark. */
    static GoModule load(Checkout checkout) {
        return new GoModule("load", checkout.at("benchmarks/load"), List.of("."), "-s -w");
    }

    /** Kubernetes built from its module calls itself v0.0.0-master unless told, and Helm takes any cluster for a 1.20. */
    static String kubernetesFlags(String goMod) {
        var version = KUBERNETES_VERSION.matcher(goMod);
        if (!version.find()) {
            throw new IllegalArgumentException("no version of k8s.io/kubernetes in deploy/platform/kubernetes/go.mod");
        }
        var flags = new StringBuilder("-s -w");
        set(flags, "k8s.io/component-base/version.gitVersion", "v" + version.group(1));
        set(flags, "k8s.io/component-base/version.gitMajor", version.group(2));
        set(flags, "k8s.io/component-base/version.gitMinor", version.group(3));
        for (var helm : List.of("chartutil", "lint/rules")) {
            set(flags, "helm.sh/helm/v3/pkg/" + helm + ".k8sVersionMajor", version.group(2));
            set(flags, "helm.sh/helm/v3/pkg/" + helm + ".k8sVersionMinor", version.group(3));
        }
        return flags.toString();
    }

    private static void set(StringBuilder flags, String variable, String value) {
        flags.append(" -X ").append(variable).append('=').append(value);
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
