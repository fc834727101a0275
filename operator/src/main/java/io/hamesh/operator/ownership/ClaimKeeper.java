package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.work.Loop;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all names in each round of its loop: ends claims that nothing lives on and no intention allows, and gives
 * Consul back those that it lost.
 */
final class ClaimKeeper implements Loop.Body {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimKeeper.class);
    private static final Duration EVERY = Duration.ofSeconds(5);
    private static final Duration SPACING = Duration.ofMillis(200);

    private final ClaimView view;
    private final ClaimWriter writer;
    private final PinnedNames pinned;
    private final OwnershipSettings settings;
    private final Grants grants;
    private final Claimants claimants;
    private final Clock clock;
    private final Map<String, Instant> idleSince = new HashMap<>();

    ClaimKeeper(
            ClaimView view,
            ClaimWriter writer,
            PinnedNames pinned,
            OwnershipSettings settings,
            Grants grants,
            Claimants claimants,
            Clock clock) {
        this.view = view;
        this.writer = writer;
        this.pinned = pinned;
        this.settings = settings;
        this.grants = grants;
        this.claimants = claimants;
        this.clock = clock;
    }

    @Override
    public Duration round() throws InterruptedException {
        look();
        Thread.sleep(SPACING); // however often it is woken
        return EVERY;
    }

    /** One look at all names; nothing before Consul was seen. */
    void look() {
        if (!view.isKnown()) {
            return;
        }
        try {
            Map<String, List<Claimant>> living = claimants.byService();
            Set<String> names = new HashSet<>(living.keySet());
            names.addAll(settings.listed().keySet());
            if (settings.grantedOnly()) {
                names.addAll(grants.services());
            }
            names.addAll(view.held());
            names.addAll(view.lost());
            idleSince.keySet().retainAll(names);
            names.forEach(name -> settle(name, living.getOrDefault(name, List.of())));
            pinned.retain(view.held());
        } catch (ConsulException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("claims not looked after, trying again");
        }
    }

    private void settle(String service, List<Claimant> living) {
        Claim claim = writer.settle(service, living, idle(service, living));
        if (claim.holder().isEmpty()) {
            view.forgetLost(service);
        }
    }

    private Duration idle(String service, List<Claimant> living) {
        boolean inUse = view.holder(service)
                .filter(holder -> living.stream().noneMatch(holder::includes))
                .isEmpty();
        if (inUse) {
            idleSince.remove(service);
            pinned.forget(service);
            return Duration.ZERO;
        }
        Instant now = clock.instant();
        return Duration.between(idleSince.computeIfAbsent(service, name -> now), now);
    }
}
