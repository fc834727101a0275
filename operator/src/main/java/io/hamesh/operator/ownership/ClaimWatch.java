package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.consul.KeyValues;
import io.hamesh.operator.consul.KeyValues.KeyListing;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows all claims in Consul by blocking queries, on a thread of its own; in every replica, because each admits. */
final class ClaimWatch implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ClaimWatch.class);
    private static final Duration WAIT = Duration.ofSeconds(30);

    /** Each listing carries all claims: under mass writes, look at most this often. */
    private static final Duration SPACING = Duration.ofMillis(100);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final KeyValues consul;
    private final ClaimView view;
    private long index;
    private boolean failing;

    ClaimWatch(KeyValues consul, ClaimView view) {
        this.consul = consul;
        this.view = view;
    }

    /** Runs until interrupted. */
    @Override
    public void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(look());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the way to stop
        }
    }

    /** One listing; says how long to pause after it. */
    Duration look() {
        try {
            KeyListing listing = consul.keys(Ownership.KEY_PREFIX, index, WAIT);
            List<Claim> claims = listing.pairs().stream()
                    .map(Claim::of)
                    .flatMap(Optional::stream)
                    .toList();
            view.replace(claims, listing.index(), index == 0 || listing.index() == 0);
            index = listing.index();
            if (failing) {
                LOG.atInfo().addKeyValue("claims", claims.size()).log("consul is back, claims are followed again");
                failing = false;
            }
            return SPACING;
        } catch (ConsulException e) {
            failed(e);
        } catch (RuntimeException e) {
            LOG.error("following claims failed, trying again", e);
        }
        index = 0;
        return RETRY.plusMillis(ThreadLocalRandom.current().nextLong(RETRY.toMillis() / 2));
    }

    private void failed(ConsulException e) {
        if (!failing && !Thread.currentThread().isInterrupted()) {
            LOG.atWarn()
                    .addKeyValue("error", e.getMessage())
                    .log("claims in consul cannot be followed, judging by the last ones");
            failing = true;
        }
    }
}
