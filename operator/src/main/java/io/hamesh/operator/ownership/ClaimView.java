package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.BlockingQuery;
import io.hamesh.operator.consul.KeyValue;
import io.hamesh.operator.consul.KeyValues;
import io.hamesh.operator.consul.Watched;
import io.hamesh.operator.work.Loop;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Follows all claims in Consul, in every replica, and says what was last seen; that stays while Consul is away. */
final class ClaimView implements BlockingQuery.Follower<List<KeyValue>> {
    private static final Duration SPACING = Duration.ofMillis(100);

    private final String cluster;
    private final Map<String, Claim> claims = new ConcurrentHashMap<>();

    /** Who of this cluster held a name when it was last seen held, so that a Consul that lost its data gets it back. */
    private final Map<String, Holder> ours = new ConcurrentHashMap<>();

    /** Keys that went while Consul was followed without a gap: somebody deleted them, Consul did not lose them. */
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();

    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch known = new CountDownLatch(1);

    ClaimView(String cluster) {
        this.cluster = cluster;
    }

    /** What a loop does that follows the claims. */
    Loop.Body following(KeyValues consul) {
        return new BlockingQuery<>(
                "claims", SPACING, (index, wait) -> consul.keys(Ownership.KEY_PREFIX, index, wait), this);
    }

    void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    Optional<Claim> find(String service) {
        return Optional.ofNullable(claims.get(service));
    }

    Optional<Holder> holder(String service) {
        return find(service).flatMap(Claim::holder);
    }

    Optional<Holder> lastOfOurs(String service) {
        return Optional.ofNullable(ours.get(service));
    }

    /** Whether somebody took the key out of Consul, which had not lost it. */
    boolean wasDeleted(String service) {
        return deleted.contains(service);
    }

    /** Names that this cluster held when Consul lost their keys. */
    Set<String> lost() {
        return ours.keySet().stream().filter(this::isLost).collect(Collectors.toSet());
    }

    /** Nothing asks to have a lost name back. */
    void forgetLost(String service) {
        if (isLost(service)) {
            ours.remove(service);
        }
    }

    private boolean isLost(String service) {
        return ours.containsKey(service) && !claims.containsKey(service) && !wasDeleted(service);
    }

    /** Whether no namespace of this cluster has the name, nor had it when Consul lost its key. */
    boolean isFree(String service) {
        return isKnown() && holder(service).filter(this::isOurs).isEmpty() && !isLost(service);
    }

    /** Names that this cluster holds. */
    Set<String> held() {
        return claims.values().stream()
                .filter(claim -> claim.holder().filter(this::isOurs).isPresent())
                .map(Claim::service)
                .collect(Collectors.toSet());
    }

    boolean isKnown() {
        return known.getCount() == 0;
    }

    boolean awaitKnown(Duration atMost) throws InterruptedException {
        return known.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * All claims.
     *
     * @param keys what we wrote ourselves may be newer
     * @param fresh whether Consul may have begun anew, so that indexes say nothing
     */
    @Override
    public void heard(Watched<List<KeyValue>> keys, boolean fresh) {
        Map<String, Claim> now = keys.value().stream()
                .flatMap(pair -> Claim.of(pair).stream())
                .collect(Collectors.toMap(Claim::service, Function.identity()));
        Set<String> changed = new HashSet<>();
        synchronized (this) {
            Set<String> names = new HashSet<>(claims.keySet());
            names.addAll(now.keySet());
            for (String name : names) {
                Optional<Claim> before = find(name);
                boolean newer = !fresh
                        && before.filter(claim -> claim.modifyIndex() > keys.index())
                                .isPresent();
                if (!newer && !fresh && before.isPresent() && !now.containsKey(name)) {
                    deleted.add(name);
                }
                if (!newer && put(name, Optional.ofNullable(now.get(name)))) {
                    changed.add(name);
                }
            }
        }
        known.countDown();
        changed.forEach(this::tell);
    }

    /** What Consul said about one name just now. */
    void learn(Claim claim) {
        boolean changed;
        synchronized (this) {
            changed = put(claim.service(), Optional.of(claim).filter(there -> there.modifyIndex() > 0));
        }
        if (changed) {
            tell(claim.service());
        }
    }

    /** We gave the name back: it is not to be restored. */
    void released(String service) {
        synchronized (this) {
            claims.remove(service);
            ours.remove(service);
        }
        tell(service);
    }

    /** Whether the name has another holder now. */
    private boolean put(String service, Optional<Claim> claim) {
        Optional<Holder> before = holder(service);
        claim.ifPresentOrElse(now -> claims.put(service, now), () -> claims.remove(service));
        if (claim.isPresent()) {
            deleted.remove(service);
        }
        Optional<Holder> holder = claim.flatMap(Claim::holder);
        holder.ifPresent(now -> remember(service, now));
        return !before.equals(holder);
    }

    private void remember(String service, Holder holder) {
        if (isOurs(holder)) {
            ours.put(service, holder);
        } else {
            ours.remove(service);
        }
    }

    private boolean isOurs(Holder holder) {
        return holder.cluster().equals(cluster);
    }

    /** Who may have the name changed, whoever holds it. */
    void tell(String service) {
        listeners.forEach(listener -> listener.accept(service));
    }
}
