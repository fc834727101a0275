package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;

/** A pod's service name where nobody wrote one: its ServiceAccount's, or else its owner's. */
final class DefaultServiceName {
    private static final String NO_ACCOUNT = "default";
    private static final String TEMPLATE_HASH = "pod-template-hash";

    private DefaultServiceName() {}

    static String of(Pod pod) {
        String account = pod.getSpec().getServiceAccountName();
        if (account != null && !account.isEmpty() && !account.equals(NO_ACCOUNT)) {
            return account;
        }
        return controller(pod).map(owner -> workload(owner, pod)).orElseGet(() -> ownName(pod));
    }

    private static Optional<OwnerReference> controller(Pod pod) {
        return pod.getMetadata().getOwnerReferences().stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .findFirst();
    }

    /** A ReplicaSet's name is its Deployment's with a hash, a CronJob's Job carries the minute that it was due. */
    private static String workload(OwnerReference owner, Pod pod) {
        String name = owner.getName();
        return switch (owner.getKind()) {
            case "ReplicaSet" -> {
                String suffix = "-" + Pods.labels(pod).getOrDefault(TEMPLATE_HASH, "");
                yield name.endsWith(suffix) && suffix.length() > 1
                        ? name.substring(0, name.length() - suffix.length())
                        : name;
            }
            case "Job" -> name.replaceFirst("-[0-9]{8,10}$", "");
            default -> name;
        };
    }

    private static String ownName(Pod pod) {
        String name = pod.getMetadata().getName();
        if (name != null && !name.isEmpty()) {
            return name;
        }
        String generated = pod.getMetadata().getGenerateName();
        return generated == null ? "" : generated.replaceFirst("-$", "");
    }
}
