package io.hamesh.agent.consul;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.Roots;
import io.hamesh.agent.snapshot.SnapshotAssembler;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.Upstream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything that one pod follows in Consul, from {@link #follow} to {@link #close}. */
public final class ConsulWatches implements AutoCloseable {
    private final ConsulClient client;
    private final SnapshotAssembler assembler;
    private final Log log;
    private final InstantSource clock;
    private final List<Watch<?>> watches = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private @Nullable String trustDomain;

    public ConsulWatches(ConsulClient client, SnapshotAssembler assembler, Log log, InstantSource clock) {
        this.client = client;
        this.assembler = assembler;
        this.log = log;
        this.clock = clock;
    }

    /** Follows what {@code service} needs, and publishes it into the assembler. Returns at once. */
    public void follow(ServiceSettings service) {
        follow(ConsulQuery.leaf(service.name()), assembler::leaf);
        follow(ConsulQuery.roots(), this::roots);
        follow(ConsulQuery.intentions(service.name()), intentions());
        service.upstreams().stream().map(Upstream::service).distinct().forEach(this::followUpstream);
    }

    /** All that is known is what Consul said then, or later; {@link Instant#EPOCH} while something is not known at all. */
    public Instant contact() {
        return watches.stream()
                .map(Watch::answered)
                .min(Comparator.naturalOrder())
                .orElse(Instant.EPOCH);
    }

    /** Ends all watches without waiting for them. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }

    private void followUpstream(String name) {
        follow(ConsulQuery.discoveryChain(name), chain(name));
        follow(ConsulQuery.endpoints(name), endpoints -> assembler.endpoints(name, endpoints));
    }

    private <T> void follow(ConsulQuery<T> query, Consumer<T> publish) {
        Watch<T> watch = new Watch<>(client, query, this::askForRoots, publish, log, clock);
        watches.add(watch);
        threads.add(Thread.ofVirtual().name("watch " + query.resource()).start(watch));
    }

    /** What a Consul that lost its data says must not be taken for news of the one that was known. */
    private void askForRoots(Duration patience) throws ConsulException, InterruptedException {
        roots(client.get(ConsulQuery.roots(), ConsulClient.Position.START, patience)
                .value());
    }

    private synchronized void roots(Roots newest) {
        String before = trustDomain;
        if (before != null && !before.equals(newest.trustDomain())) {
            log.warn(
                    "trust-domain-changed",
                    "was",
                    before,
                    "is",
                    newest.trustDomain(),
                    "because",
                    "consul lost its data");
        }
        trustDomain = newest.trustDomain();
        assembler.roots(newest);
    }

    private Consumer<RankedIntentions> intentions() {
        Consumer<List<String>> report = onChange(List.of(), sources -> {
            if (!sources.isEmpty()) {
                log.warn(
                        "intentions-denied",
                        "sources",
                        String.join(", ", sources),
                        "reason",
                        "asks for what this data plane does not enforce yet");
            }
        });
        return match -> {
            report.accept(match.notEnforced());
            assembler.policy(match.policy());
        };
    }

    private Consumer<DiscoveryChain> chain(String name) {
        Consumer<DiscoveryChain> report = onChange(null, chain -> {
            if (!chain.plain()) {
                log.warn(
                        "chain-not-followed",
                        "upstream",
                        name,
                        "redirect",
                        chain.redirect().orElse("none"),
                        "effect",
                        "calls go to the service's own endpoints");
            }
            if (!chain.protocol().id().equals(chain.named())) {
                log.warn("protocol-unknown", "upstream", name, "protocol", chain.named(), "taken-as", "tcp");
            }
        });
        return chain -> {
            report.accept(chain);
            assembler.chain(name, chain.protocol(), chain.redirect());
        };
    }

    private static <T> Consumer<T> onChange(@Nullable T first, Consumer<T> action) {
        return new Consumer<>() {
            private @Nullable T before = first;

            @Override
            public void accept(T value) {
                if (!value.equals(before)) {
                    before = value;
                    action.accept(value);
                }
            }
        };
    }
}
