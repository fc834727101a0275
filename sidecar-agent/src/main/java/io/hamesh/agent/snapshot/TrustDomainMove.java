package io.hamesh.agent.snapshot;

import io.hamesh.model.Protocol;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The way of one pod from a trust domain to the next. A Consul that lost its data comes back with another CA and another
 * trust domain, and knows neither services nor intentions until the operator has written them anew.
 *
 * <p>Pods learn of it some seconds apart. So each first trusts both CAs and goes on with its old leaf, then shows its new
 * one, and at last forgets the old CA: at no time do two pods refuse each other. For a while an empty answer is doubted, and
 * what was known before counts on, as it does while Consul is away. Then it is believed: no intention, no call.
 *
 * @param former what the pod ran with when it learnt of the new trust domain
 * @param since when that was
 */
record TrustDomainMove(MeshSnapshot former, Instant since) {
    /** Longer than the pods' way to a Consul that is back: a retry of up to 2 s, and a question that hangs for 2 s. */
    static final Duration OLD_LEAF = Duration.ofSeconds(6);

    /** The operator writes 1,000 pods in 5 s. */
    static final Duration DOUBT = Duration.ofSeconds(20);

    /** The old CA's key may be anywhere by now, and Consul signs no more than 50 leaves a second. */
    static final Duration OLD_CA = Duration.ofSeconds(60);

    boolean isOver(Instant now) {
        return !now.isBefore(since.plus(OLD_CA));
    }

    /** How long until time alone changes the snapshot. */
    Duration untilNextStep(Instant now) {
        return Stream.of(OLD_LEAF, DOUBT, OLD_CA)
                .map(step -> Duration.between(now, since.plus(step)))
                .filter(Duration::isPositive)
                .findFirst()
                .orElse(OLD_CA);
    }

    TrustDomains trustDomains(Roots newest, Instant now) {
        return new TrustDomains(
                newest.trustDomain(), Optional.of(former.trustDomains().own()).filter(old -> !isOver(now)));
    }

    /** The leaf to show: while there is no new one, the old one, whoever still takes it. */
    Leaf leaf(@Nullable Leaf newest, Instant now) {
        boolean early =
                now.isBefore(since.plus(OLD_LEAF)) && now.isBefore(former.leaf().validBefore());
        return newest == null || early ? former.leaf() : newest;
    }

    List<String> roots(Roots newest, Instant now) {
        Stream<String> old = isOver(now) ? Stream.empty() : former.roots().stream();
        return Stream.concat(newest.certificates().stream(), old).distinct().toList();
    }

    Policy policy(@Nullable Policy newest, Instant now) {
        if (newest == null || (newest.sources().isEmpty() && isDoubtful(now))) {
            return former.policy();
        }
        return newest;
    }

    /** A service that nobody declared speaks TCP. */
    @Nullable
    Protocol protocol(String upstream, @Nullable Protocol newest, Instant now) {
        boolean nothing = newest == null || (newest == Protocol.TCP && isDoubtful(now));
        return nothing ? of(upstream).map(UpstreamState::protocol).orElse(newest) : newest;
    }

    @Nullable
    List<Endpoint> endpoints(String upstream, @Nullable List<Endpoint> newest, Instant now) {
        boolean nothing = newest == null || (newest.isEmpty() && isDoubtful(now));
        return nothing ? of(upstream).map(UpstreamState::endpoints).orElse(newest) : newest;
    }

    Optional<String> redirect(String upstream) {
        return of(upstream).flatMap(UpstreamState::redirect);
    }

    private boolean isDoubtful(Instant now) {
        return now.isBefore(since.plus(DOUBT));
    }

    private Optional<UpstreamState> of(String upstream) {
        return former.upstreams().stream()
                .filter(state -> state.upstream().service().equals(upstream))
                .findFirst();
    }
}
