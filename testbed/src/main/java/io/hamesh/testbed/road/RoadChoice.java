package io.hamesh.testbed.road;

import io.hamesh.testbed.road.Road.Blocked;
import io.hamesh.testbed.road.Road.Docker;
import io.hamesh.testbed.road.Road.Existing;
import io.hamesh.testbed.road.Road.Native;
import java.nio.file.Files;
import java.util.ArrayList;

/** An existing cluster first, then Docker, then a native node. */
public final class RoadChoice {
    private RoadChoice() {}

    public static Road choose(Machine machine) {
        if (machine.kubeconfig().isPresent()) {
            var file = machine.kubeconfig().get();
            return Files.isReadable(file)
                    ? new Existing(file)
                    : new Blocked(
                            "HAMESH_KUBECONFIG names %s, which cannot be read: correct or unset it".formatted(file));
        }
        if (machine.dockerAnswers()) {
            return new Docker();
        }
        return machine.linux() && machine.root() ? new Native() : new Blocked(whatIsMissing(machine));
    }

    private static String whatIsMissing(Machine machine) {
        var ways = new ArrayList<String>();
        ways.add("  - set HAMESH_KUBECONFIG to the kubeconfig of a cluster, or");
        ways.add("  - start Docker (`docker info` has to succeed)" + (machine.linux() ? ", or" : ""));
        if (machine.linux()) {
            ways.add("  - run this as root: a native one-node cluster needs namespaces, mounts and cgroups");
        }
        return "There is no way to a Kubernetes cluster here. Any of these helps:\n" + String.join("\n", ways);
    }
}
