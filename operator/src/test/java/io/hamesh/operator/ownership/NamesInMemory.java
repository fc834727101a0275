package io.hamesh.operator.ownership;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Each name goes to the first namespace that claims it, for ever; for other features' tests. */
public final class NamesInMemory implements ServiceNames {
    private final Judgement judgement =
            new Judgement(new OwnershipSettings("here", Map.of(), false, Duration.ZERO), Examples.granting(Map.of()));
    private final Map<String, Holder> holders = new HashMap<>();
    private final List<Consumer<String>> listeners = new ArrayList<>();
    private final Map<String, String> others = new HashMap<>();
    private final Set<String> listed = new HashSet<>();
    public final Set<String> doubted = new HashSet<>();

    /** As if somebody of that namespace had claimed it, or the name had changed hands. */
    public void give(String service, String namespace) {
        synchronized (this) {
            holders.put(service, Examples.held("here", namespace));
        }
        listeners.forEach(listener -> listener.accept(service));
    }

    @Override
    public synchronized Optional<NotOwner> refusal(String service, String namespace) {
        return judgement.refusal(service, Optional.ofNullable(holders.get(service)), namespace);
    }

    /** As if Consul had the name from others, or nobody any more, for an empty text. */
    public synchronized void known(String service, String from) {
        others.put(service, from);
    }

    /** As if the values listed the namespace. */
    public synchronized void list(String service, String namespace) {
        listed.add(service + "/" + namespace);
    }

    @Override
    public synchronized Optional<NotOwner> admissionRefusal(String service, String namespace) {
        return refusal(service, namespace).or(() -> others(service, namespace));
    }

    private Optional<NotOwner> others(String service, String namespace) {
        return Optional.ofNullable(others.get(service))
                .filter(from -> !holders.containsKey(service) && !isListed(service, namespace))
                .map(from -> Judgement.knownFrom(from, service, namespace));
    }

    @Override
    public synchronized boolean isListed(String service, String namespace) {
        return listed.contains(service + "/" + namespace);
    }

    /** As if its claim had ended. */
    public void release(String service) {
        synchronized (this) {
            holders.remove(service);
        }
        listeners.forEach(listener -> listener.accept(service));
    }

    @Override
    public synchronized boolean isFree(String service) {
        return !holders.containsKey(service);
    }

    @Override
    public synchronized ClaimVerdict claim(String service, Claimant claimant) {
        Optional<NotOwner> others = others(service, claimant.namespace());
        if (others.isPresent()) {
            return new ClaimVerdict.Refused(others.get());
        }
        holders.putIfAbsent(service, Examples.held("here", claimant.namespace()));
        return refusal(service, claimant.namespace())
                .<ClaimVerdict>map(ClaimVerdict.Refused::new)
                .orElse(new ClaimVerdict.Owner(List.of()));
    }

    @Override
    public void doubt(String service) {
        doubted.add(service);
    }

    @Override
    public void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }
}
