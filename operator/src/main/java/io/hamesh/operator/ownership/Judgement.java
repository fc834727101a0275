package io.hamesh.operator.ownership;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether a namespace may be a service, given who holds the name. Pure. */
final class Judgement {
    private final OwnershipSettings settings;

    Judgement(OwnershipSettings settings) {
        this.settings = settings;
    }

    /** Where the values list a name they decide for this cluster, whoever holds it in Consul. */
    boolean isListed(String service) {
        return settings.listed().containsKey(service);
    }

    /** Why not; empty for an owner, and for a name that nobody holds. */
    Optional<NotOwner> refusal(String service, Optional<Holder> holder, String namespace) {
        List<String> listed = settings.listed().get(service);
        if (listed != null) {
            return listed.contains(namespace) ? Optional.empty() : Optional.of(notListed(service, listed, namespace));
        }
        return holder.filter(other -> !isOurs(other) || !other.namespaces().contains(namespace))
                .map(other -> taken(service, other, namespace));
    }

    private static NotOwner notListed(String service, List<String> listed, String namespace) {
        return new NotOwner(
                "\"" + service + "\" belongs to " + namespaces(listed) + " by the chart's value " + value(service),
                "add " + namespace + " there");
    }

    private NotOwner taken(String service, Holder holder, String namespace) {
        String owner = "\"" + service + "\" belongs to " + namespaces(holder.namespaces());
        if (!isOurs(holder)) {
            return new NotOwner(
                    owner + " of cluster " + holder.cluster(),
                    "list " + namespace + " in this cluster's chart value " + value(service));
        }
        SortedSet<String> together = new TreeSet<>(holder.namespaces());
        together.add(namespace);
        return new NotOwner(owner, "list " + String.join(", ", together) + " in the chart's value " + value(service));
    }

    private static String namespaces(List<String> names) {
        return (names.size() == 1 ? "namespace " : "namespaces ") + String.join(", ", names);
    }

    private static String value(String service) {
        return "services." + service + ".namespaces";
    }

    private boolean isOurs(Holder holder) {
        return holder.cluster().equals(settings.cluster());
    }
}
