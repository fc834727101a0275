package io.hamesh.operator.ownership;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.hamesh.operator.consul.KeyValue;
import io.hamesh.operator.consul.KeyValues;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.work.Loop;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Which namespace a service's name belongs to: every replica follows the claims, the one that leads writes them. */
public final class Ownership implements ServiceNames, AutoCloseable {
    /** Where claims are in Consul's key-value store: this and the service's name. */
    public static final String KEY_PREFIX = "hamesh/claims/";

    /** An operator that starts judges by claims where it can, and does not wait for a Consul that is away. */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(3);

    private final OwnershipSettings settings;
    private final Judgement judgement;
    private final ClaimView view;
    private final FirstClaims firstClaims;
    private final PinnedNames pinned = new PinnedNames();
    private final ClaimWriter writer;
    private final NamespaceWatch namespaces;
    private final Loop watching;
    private final Loop keeping;
    private final List<Claimants> claimants = new CopyOnWriteArrayList<>();
    private final Set<String> doubted = ConcurrentHashMap.newKeySet();

    /** Whether the key is a claim that the installation with that {@code cluster.name} wrote. */
    public static boolean isClaimOf(KeyValue pair, String cluster) {
        return Claim.of(pair)
                .flatMap(Claim::holder)
                .filter(holder -> holder.cluster().equals(cluster))
                .isPresent();
    }

    /** Asks nobody before {@link #start}. */
    public Ownership(KubernetesClient client, KeyValues consul, OwnershipSettings settings, Health health) {
        Clock clock = Clock.systemUTC();
        this.settings = settings;
        namespaces = new NamespaceWatch(client);
        judgement = new Judgement(settings, namespaces);
        view = new ClaimView(settings.cluster());
        firstClaims = new FirstClaims(clock);
        writer = new ClaimWriter(consul, view, settings, namespaces, pinned, firstClaims, namespaces::exists, clock);
        watching = new Loop("claim-watch", view.following(consul), health);
        keeping = new Loop(
                "claim-keeper",
                new ClaimKeeper(view, writer, pinned, settings, namespaces, this::living, clock),
                health);
    }

    /** Follows the claims from now on; on every replica. */
    public void start() {
        watching.start();
        namespaces.start(keeping::wake, view::tell);
        try {
            boolean unused = view.awaitKnown(FIRST_LOOK);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (settings.grantedOnly()) {
            namespaces.awaitKnown(); // before that, nothing would be granted
        }
    }

    /** Who lives on services' names; to be said before anything is claimed. */
    public void among(Claimants more) {
        claimants.add(more);
    }

    /** Where Consul may know names from; to be said before anything is claimed. */
    public void except(Others more) {
        firstClaims.ask(more);
    }

    /** Who allows services' names as sources; to be said before anything is claimed. */
    public void pinnedBy(Pins more) {
        pinned.ask(more);
    }

    /** Tells, on another thread, the names that only intentions keep for their namespaces, whenever that changes. */
    public void onPinned(Consumer<Collection<PinnedName>> listener) {
        pinned.onChange(listener);
    }

    /** Keeps the claims from now on; only where the operator leads, and once all claimants are known. */
    public void lead() {
        namespaces.awaitKnown(); // before that, every claim's namespace would be gone
        view.onChange(service -> keeping.wake());
        keeping.start();
    }

    /** Keeps them no more, and goes on judging by them. Returns once nothing more is written. */
    public void follow() {
        keeping.close();
        pinned.retain(Set.of()); // the replica that leads lists them
    }

    @Override
    public Optional<NotOwner> refusal(String service, String namespace) {
        return judgement.refusal(service, view.holder(service), namespace);
    }

    @Override
    public Optional<NotOwner> admissionRefusal(String service, String namespace) {
        return refusal(service, namespace)
                .or(() -> wouldBeFirst(service)
                        ? firstClaims
                                .soonKnownFrom(service)
                                .map(others -> Judgement.knownFrom(others, service, namespace))
                        : Optional.empty());
    }

    /** A name that Consul lost comes back to who had it. */
    private boolean wouldBeFirst(String service) {
        return !judgement.isListed(service)
                && view.isKnown()
                && view.holder(service).isEmpty()
                && view.lastOfOurs(service).isEmpty();
    }

    @Override
    public boolean isListed(String service, String namespace) {
        return judgement.isListed(service, namespace);
    }

    @Override
    public boolean isFree(String service) {
        return view.isFree(service) && !judgement.isListed(service);
    }

    @Override
    public ClaimVerdict claim(String service, Claimant claimant) {
        if (judgement.isListed(service)) {
            return refusal(service, claimant.namespace())
                    .<ClaimVerdict>map(ClaimVerdict.Refused::new)
                    .orElse(new ClaimVerdict.Owner(List.of()));
        }
        if (doubted.remove(service)) {
            writer.ask(service);
        }
        Claim claim = view.find(service)
                .filter(known -> known.holder().isPresent())
                .orElseGet(() -> writer.settle(service, livingOn(service, claimant), Duration.ZERO));
        return judgement
                .refusal(service, claim.holder(), claimant.namespace())
                .or(() -> unclaimed(claim, claimant))
                .<ClaimVerdict>map(ClaimVerdict.Refused::new)
                .orElse(new ClaimVerdict.Owner(List.of(claim.unchanged())));
    }

    /** Why a name is still nobody's once it was settled. */
    private Optional<NotOwner> unclaimed(Claim claim, Claimant claimant) {
        return claim.holder().isPresent()
                ? Optional.empty()
                : firstClaims
                        .knownFrom(claim.service())
                        .map(others -> Judgement.knownFrom(others, claim.service(), claimant.namespace()));
    }

    @Override
    public void doubt(String service) {
        doubted.add(service);
    }

    @Override
    public void onChange(Consumer<String> listener) {
        view.onChange(listener);
    }

    /** How many names this cluster holds. */
    public int held() {
        return view.held().size();
    }

    private List<Claimant> livingOn(String service, Claimant asking) {
        List<Claimant> all = new ArrayList<>(living().getOrDefault(service, List.of()));
        all.add(asking);
        return all;
    }

    private Map<String, List<Claimant>> living() {
        Map<String, List<Claimant>> all = new HashMap<>();
        claimants.forEach(some -> some.byService()
                .forEach((service, those) ->
                        all.computeIfAbsent(service, name -> new ArrayList<>()).addAll(those)));
        return all;
    }

    @Override
    public void close() {
        watching.close();
        firstClaims.close();
        namespaces.close();
    }
}
