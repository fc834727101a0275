package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.KeyValues;
import io.hamesh.operator.ownership.Succession.Situation;
import io.hamesh.operator.ownership.Succession.Step;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes in Consul what {@link Succession} decides, on top of what is there and nothing else. */
final class ClaimWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimWriter.class);
    private static final int TRIES = 5;

    private final KeyValues consul;
    private final ClaimView view;
    private final Succession succession;
    private final PinnedNames pinned;
    private final FirstClaims firstClaims;
    private final Predicate<String> namespaceExists;
    private final Clock clock;

    ClaimWriter(
            KeyValues consul,
            ClaimView view,
            OwnershipSettings settings,
            Grants grants,
            PinnedNames pinned,
            FirstClaims firstClaims,
            Predicate<String> namespaceExists,
            Clock clock) {
        this.consul = consul;
        this.view = view;
        this.succession = new Succession(settings, grants);
        this.pinned = pinned;
        this.firstClaims = firstClaims;
        this.namespaceExists = namespaceExists;
        this.clock = clock;
    }

    /**
     * The claim once there is nothing left to do about it.
     *
     * @param idle for how long nothing lived on it
     */
    Claim settle(String service, List<Claimant> claimants, Duration idle) {
        Claim claim = view.find(service).orElseGet(() -> ask(service));
        for (int attempt = 0; attempt < TRIES; attempt++) {
            switch (succession.next(situation(claim, claimants, idle), clock.instant())) {
                case Step.Keep keep -> {
                    return claim;
                }
                case Step.Write write -> write(claim, write.holder());
                case Step.Delete delete -> delete(claim);
            }
            claim = ask(service); // with the index of what we wrote, or what somebody faster did
        }
        throw new IllegalStateException("others keep changing the claim of " + service + " in Consul");
    }

    private Situation situation(Claim claim, List<Claimant> claimants, Duration idle) {
        String service = claim.service();
        return new Situation(
                claim,
                view.lastOfOurs(service),
                view.wasDeleted(service),
                claimants,
                idle,
                namespaceExists,
                holder -> pinned.holds(service, holder),
                () -> firstClaims.knownFrom(service).isPresent());
    }

    /** As Consul has it now. */
    Claim ask(String service) {
        Claim claim = consul.key(Claim.key(service)).flatMap(Claim::of).orElse(Claim.none(service));
        view.learn(claim);
        return claim;
    }

    private void write(Claim claim, Holder holder) {
        if (consul.putCas(claim.written(holder))) {
            LOG.atInfo()
                    .addKeyValue("service", claim.service())
                    .addKeyValue("namespaces", String.join(",", holder.namespaces()))
                    .addKeyValue("listed", holder.listed())
                    .log("claimed");
        }
    }

    private void delete(Claim claim) {
        if (consul.deleteCas(claim.pair())) {
            view.released(claim.service());
            LOG.atInfo().addKeyValue("service", claim.service()).log("claim ended");
        }
    }
}
