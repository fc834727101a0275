package io.hamesh.operator.ownership;

import io.hamesh.model.Annotations;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether a namespace may be a service, given who holds the name. Pure. */
final class Judgement {
    private final OwnershipSettings settings;
    private final Grants grants;

    Judgement(OwnershipSettings settings, Grants grants) {
        this.settings = settings;
        this.grants = grants;
    }

    /** Where the values list a name they decide for this cluster, whoever holds it in Consul. */
    boolean isListed(String service) {
        return settings.listed().containsKey(service);
    }

    /** Whether the values list the name for that namespace. */
    boolean isListed(String service, String namespace) {
        return settings.listed().getOrDefault(service, List.of()).contains(namespace);
    }

    /** Why not; empty for an owner, and for a name that nobody holds and that need not be granted. */
    Optional<NotOwner> refusal(String service, Optional<Holder> holder, String namespace) {
        List<String> listed = settings.listed().get(service);
        if (listed != null) {
            return listed.contains(namespace) ? Optional.empty() : Optional.of(notListed(service, listed, namespace));
        }
        Optional<Holder> foreign = holder.filter(other -> !isOurs(other));
        if (foreign.isPresent()) {
            return foreign.map(other -> taken(service, other, namespace));
        }
        return settings.grantedOnly()
                ? notGranted(service, holder, namespace)
                : holder.filter(other -> !other.namespaces().contains(namespace))
                        .map(other -> taken(service, other, namespace));
    }

    /** What was held before names had to be granted stays, until somebody else is granted it. */
    private Optional<NotOwner> notGranted(String service, Optional<Holder> holder, String namespace) {
        List<String> granted = grants.namespaces(service);
        if (granted.contains(namespace)) {
            return Optional.empty();
        }
        String remedy = "list " + namespace + " in the chart's value " + value(service) + ", or " + service
                + " in the annotation " + Annotations.SERVICES + " of Namespace " + namespace;
        if (!granted.isEmpty()) {
            String owner = belongsTo(service, granted) + " by the annotation " + Annotations.SERVICES;
            return Optional.of(new NotOwner(owner, true, remedy));
        }
        Optional<Holder> held = holder.filter(before -> !before.listed());
        if (held.filter(before -> before.namespaces().contains(namespace)).isPresent()) {
            return Optional.empty();
        }
        String owner = held.map(before -> belongsTo(service, before.namespaces()))
                .orElse("\"" + service + "\" is granted to no namespace (serviceNames.grantedOnly)");
        return Optional.of(new NotOwner(owner, held.isPresent(), remedy));
    }

    /** For a name that nobody holds. */
    static NotOwner knownFrom(String others, String service, String namespace) {
        return new NotOwner(
                "\"" + service + "\" is known to Consul from others (" + others + ")",
                false,
                "list " + namespace + " in the chart's value " + value(service));
    }

    private static NotOwner notListed(String service, List<String> listed, String namespace) {
        return new NotOwner(
                belongsTo(service, listed) + " by the chart's value " + value(service),
                true,
                "add " + namespace + " there");
    }

    private NotOwner taken(String service, Holder holder, String namespace) {
        String owner = belongsTo(service, holder.namespaces());
        if (!isOurs(holder)) {
            return new NotOwner(
                    owner + " of cluster " + holder.cluster(),
                    true,
                    "list " + namespace + " in this cluster's chart value " + value(service));
        }
        SortedSet<String> together = new TreeSet<>(holder.namespaces());
        together.add(namespace);
        return new NotOwner(
                owner, true, "list " + String.join(", ", together) + " in the chart's value " + value(service));
    }

    private static String belongsTo(String service, List<String> names) {
        return "\"" + service + "\" belongs to " + (names.size() == 1 ? "namespace " : "namespaces ")
                + String.join(", ", names);
    }

    static String value(String service) {
        return "services." + service + ".namespaces";
    }

    private boolean isOurs(Holder holder) {
        return holder.cluster().equals(settings.cluster());
    }
}
