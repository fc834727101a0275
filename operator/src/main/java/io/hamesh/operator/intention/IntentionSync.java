package io.hamesh.operator.intention;

import io.hamesh.model.Annotations;
import io.hamesh.operator.api.v1alpha1.Destination;
import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.consul.ConsulUnavailableException;
import io.hamesh.operator.intention.SyncResult.Change;
import io.hamesh.operator.intention.SyncResult.Conflict;
import io.hamesh.operator.intention.SyncResult.ConsulRefused;
import io.hamesh.operator.intention.SyncResult.ConsulUnavailable;
import io.hamesh.operator.intention.SyncResult.InSync;
import io.hamesh.operator.intention.SyncResult.Invalid;
import io.hamesh.operator.intention.SyncResult.NotOwned;
import io.hamesh.operator.intention.SyncResult.OwnedByOther;
import java.util.List;
import java.util.Optional;

/**
 * Brings one intention into Consul, or out of it. It checks the spec, other intentions for the destination and the
 * destination's owner; then it compares with Consul's entry, and writes. Knows no Kubernetes client.
 */
final class IntentionSync {
    private static final int CAS_ATTEMPTS = 5;

    private final ConfigEntries consul;
    private final DestinationConflicts conflicts;
    private final DestinationOwners owners;
    private final IntentionSettings settings;

    IntentionSync(
            ConfigEntries consul,
            DestinationConflicts conflicts,
            DestinationOwners owners,
            IntentionSettings settings) {
        this.consul = consul;
        this.conflicts = conflicts;
        this.owners = owners;
        this.settings = settings;
    }

    /**
     * Writes the intention's entry if it may, and if Consul's entry differs. If Consul fails, that is the result; nothing is
     * thrown.
     */
    SyncResult sync(ServiceIntention intention) {
        List<String> problems = IntentionRules.problems(intention, settings.releaseNamespace());
        if (!problems.isEmpty()) {
            return new Invalid(problems);
        }
        Optional<ServiceIntention> older = conflicts.olderThan(intention, owners);
        if (older.isPresent()) {
            return new Conflict(DestinationConflicts.refusal(older.get()));
        }
        try {
            Optional<String> notOwner = owners.claim(intention);
            return notOwner.isPresent() ? notOwned(intention, notOwner.get()) : write(intention);
        } catch (ConsulUnavailableException e) {
            return new ConsulUnavailable(String.valueOf(e.getMessage()));
        } catch (ConsulRefusedException e) {
            return new ConsulRefused(e.reason());
        }
    }

    /** Removes what it wrote while its namespace had the destination: it must not open somebody else's service. */
    private SyncResult notOwned(ServiceIntention intention, String message) {
        return remove(intention)
                ? new NotOwned(message)
                : new ConsulUnavailable("others keep changing the entry of an intention that is to go: trying again");
    }

    private SyncResult write(ServiceIntention intention) {
        ConfigEntry wanted = IntentionMapping.entry(intention, settings.cluster());
        for (int attempt = 0; attempt < CAS_ATTEMPTS; attempt++) {
            Optional<ConfigEntry> found = consul.get(wanted.kind(), wanted.name());
            if (found.isPresent() && IntentionMapping.isSame(wanted, found.get())) {
                return new InSync(Change.NONE);
            }
            boolean adopts = found.isPresent() && !isOurs(intention, found.get());
            if (adopts && !(saysAdopt(intention) && owners.mayAdopt(intention))) {
                return new OwnedByOther(refusal(intention, found.get()));
            }
            if (consul.putCas(IntentionMapping.over(
                    wanted, found.map(ConfigEntry::modifyIndex).orElse(0L)))) {
                return new InSync(adopts ? Change.ADOPTED : change(intention));
            }
        }
        return new ConsulUnavailable("others keep changing the entry of " + wanted.name() + ": trying again");
    }

    /**
     * Deletes the intention's entry, if it still is this very object's.
     *
     * @return whether it is gone, or not ours; false where others keep changing it
     * @throws io.hamesh.operator.consul.ConsulException where Consul did not do it
     */
    boolean remove(ServiceIntention intention) {
        Optional<String> destination = IntentionMapping.destination(intention);
        EntryOwner own = EntryOwner.of(intention, settings.cluster());
        for (int attempt = 0; destination.isPresent() && attempt < CAS_ATTEMPTS; attempt++) {
            Optional<ConfigEntry> found = consul.get(ConfigEntry.SERVICE_INTENTIONS, destination.get());
            if (found.isEmpty() || !EntryOwner.of(found.get()).equals(own)) {
                return true;
            }
            if (consul.deleteCas(
                    ConfigEntry.SERVICE_INTENTIONS,
                    destination.get(),
                    found.get().modifyIndex())) {
                return true;
            }
        }
        return destination.isEmpty();
    }

    /** An entry that we held and that lost its marks was edited by hand: that is drift, not a new owner. */
    private boolean isOurs(ServiceIntention intention, ConfigEntry found) {
        return switch (EntryOwner.of(found)) {
            // Among intentions of this cluster the oldest has the destination, whoever wrote last.
            case EntryOwner.Intention owner -> owner.cluster().equals(settings.cluster());
            // Whoever writes a ServiceIntention for '*' wants it instead of the value.
            case EntryOwner.DefaultValue value -> value.cluster().equals(settings.cluster());
            case EntryOwner.Other other -> IntentionConditions.isHeld(intention);
        };
    }

    private static Change change(ServiceIntention intention) {
        return IntentionConditions.isHeld(intention) && IntentionConditions.isObserved(intention)
                ? Change.REPAIRED
                : Change.WRITTEN;
    }

    private static boolean saysAdopt(ServiceIntention intention) {
        return Optional.ofNullable(intention.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Annotations.ADOPT))
                .filter("true"::equals)
                .isPresent();
    }

    private static String refusal(ServiceIntention intention, ConfigEntry found) {
        String owner =
                switch (EntryOwner.of(found)) {
                    case EntryOwner.Intention of ->
                        "ServiceIntention " + of.namespace() + "/" + of.name() + " of cluster " + of.cluster();
                    case EntryOwner.DefaultValue of ->
                        "the value " + EntryOwner.DEFAULT_VALUE + " of cluster " + of.cluster();
                    case EntryOwner.Other of -> "somebody else (Consul's UI or CLI, Terraform, ...)";
                };
        return "Consul's service-intentions entry " + found.name() + " belongs to " + owner
                + "; it is enforced and was not overwritten. To take it over, " + listing(intention, found.name())
                + "set the annotation " + Annotations.ADOPT
                + ": \"true\" on this ServiceIntention; or delete the entry";
    }

    private static String listing(ServiceIntention intention, String destination) {
        return destination.equals(Destination.ANY)
                ? ""
                : "list " + intention.getMetadata().getNamespace() + " in the chart's value services." + destination
                        + ".namespaces and ";
    }
}
