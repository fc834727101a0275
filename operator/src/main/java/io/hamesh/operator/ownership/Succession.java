package io.hamesh.operator.ownership;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** What becomes of a claim. Pure. */
final class Succession {
    private final OwnershipSettings settings;
    private final Grants grants;

    Succession(OwnershipSettings settings, Grants grants) {
        this.settings = settings;
        this.grants = grants;
    }

    /** The next thing to do in Consul. */
    sealed interface Step {
        record Keep() implements Step {}

        record Write(Holder holder) implements Step {}

        record Delete() implements Step {}
    }

    /**
     * What is known about one name.
     *
     * @param before who of this cluster held it when it was last seen held: Consul may have lost it
     * @param deleted whether somebody took its key out of Consul, which releases what nothing lives on
     * @param claimants all that live on it in this cluster
     * @param idle for how long nothing lived on it in its holder's namespaces
     * @param pinned whether an intention allows the name as a source, so that it may have no other holder than this one;
     *     may ask Consul, and is asked only where the holder would change
     * @param knownFromOthers whether Consul knows the name from others; is asked only where nobody holds it
     */
    record Situation(
            Claim claim,
            Optional<Holder> before,
            boolean deleted,
            List<Claimant> claimants,
            Duration idle,
            Predicate<String> namespaceExists,
            Predicate<Holder> pinned,
            BooleanSupplier knownFromOthers) {}

    Step next(Situation now, Instant time) {
        List<String> listed = settings.listed().get(now.claim().service());
        if (listed != null) {
            return listed(now.claim(), listed, time);
        }
        Optional<Holder> holder = now.claim().holder();
        List<String> granted =
                settings.grantedOnly() ? grants.namespaces(now.claim().service()) : List.of();
        if (!granted.isEmpty()) {
            boolean isOthers = holder.isEmpty() && now.knownFromOthers().getAsBoolean();
            return isOthers ? new Step.Keep() : listed(now.claim(), granted, time);
        }
        if (holder.isEmpty()) {
            return now.before()
                    .filter(before -> comesBack(before, now))
                    .<Step>map(Step.Write::new)
                    .or(() -> first(now, time))
                    .orElse(new Step.Keep());
        }
        return holder.filter(this::isOurs).map(ours -> ours(ours, now, time)).orElse(new Step.Keep());
    }

    private static boolean comesBack(Holder before, Situation now) {
        return !before.listed()
                && (livesOn(before, now) || (!now.deleted() && now.pinned().test(before)));
    }

    /** Another cluster may hold the name too: its values, or its first pod, said so there. */
    private Step listed(Claim claim, List<String> listed, Instant time) {
        Optional<Holder> holder = claim.holder();
        boolean stays = holder.filter(before -> !isOurs(before)
                        || (before.listed() && before.namespaces().equals(listed)))
                .isPresent();
        return stays ? new Step.Keep() : new Step.Write(holder(listed, true, time));
    }

    private Step ours(Holder holder, Situation now, Instant time) {
        if (settings.grantedOnly() && holder.listed()) {
            return new Step.Delete(); // what is granted no more is nobody's
        }
        if (livesOn(holder, now)) {
            List<Claimant> among =
                    now.claimants().stream().filter(holder::includes).toList();
            return holder.listed() ? oldest(among, time).orElseThrow() : new Step.Keep();
        }
        boolean stays = isKept(holder, now) || now.pinned().test(holder);
        return stays ? new Step.Keep() : first(now, time).orElse(new Step.Delete());
    }

    /** For a while after its last pod and intention; what the values no longer list had that while before. */
    private boolean isKept(Holder holder, Situation now) {
        return !holder.listed()
                && holder.namespaces().stream().anyMatch(now.namespaceExists())
                && now.idle().compareTo(settings.kept()) < 0;
    }

    /** Who is first in line for a name that is nobody's: nobody where it has to be granted, or is others'. */
    private Optional<Step> first(Situation now, Instant time) {
        boolean isFree = !settings.grantedOnly()
                && !now.claimants().isEmpty()
                && !now.knownFromOthers().getAsBoolean();
        return isFree ? oldest(now.claimants(), time) : Optional.empty();
    }

    private Optional<Step> oldest(List<Claimant> claimants, Instant time) {
        return claimants.stream()
                .min(Claimant.BY_AGE)
                .map(first -> new Step.Write(holder(List.of(first.namespace()), false, time)));
    }

    private Holder holder(List<String> namespaces, boolean listed, Instant time) {
        return new Holder(settings.cluster(), namespaces, listed, time.truncatedTo(ChronoUnit.SECONDS));
    }

    private static boolean livesOn(Holder holder, Situation now) {
        return now.claimants().stream().anyMatch(holder::includes);
    }

    private boolean isOurs(Holder holder) {
        return holder.cluster().equals(settings.cluster());
    }
}
