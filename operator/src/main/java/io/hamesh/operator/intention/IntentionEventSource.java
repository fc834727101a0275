package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.ServiceIntention;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.work.Loop;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the reconciler look again at an intention when its entry in Consul changed, when another intention for its
 * destination came or went, or when its destination got another owner.
 */
final class IntentionEventSource extends AbstractEventSource<ConfigEntry, ServiceIntention>
        implements ConfigEntryWatch.Follower {
    private static final Logger LOG = LoggerFactory.getLogger(IntentionEventSource.class);

    /** Nothing tells when Consul stops refusing a write. An intention's own write is tried again as often. */
    private static final Duration RETRY = Duration.ofSeconds(8);

    private final IntentionStore store;
    private final List<ConfigEntryWatch.Follower> upkeep;

    /** Those of {@link #upkeep} that failed at the last listing, because Consul was away or refused. */
    private final Set<ConfigEntryWatch.Follower> failing = ConcurrentHashMap.newKeySet();

    private final Loop watching;

    /** @param upkeep what else is told of each listing of Consul's entries, after the intentions are woken */
    IntentionEventSource(
            IntentionStore store, ConfigEntries consul, List<ConfigEntryWatch.Follower> upkeep, Health health) {
        super(ConfigEntry.class, "consul-service-intentions");
        this.store = store;
        this.upkeep = List.copyOf(upkeep);
        this.watching =
                new Loop("intention-watch", ConfigEntryWatch.of(consul, ConfigEntry.SERVICE_INTENTIONS, this), health);
        store.onComingAndGoing(this::wakeOthersOfItsDestination);
    }

    @Override
    public synchronized void start() {
        super.start();
        watching.start();
    }

    @Override
    public synchronized void stop() {
        super.stop();
        watching.close();
    }

    @Override
    public void fresh(List<ConfigEntry> entries) {
        store.all().forEach(this::wake);
        upkeep.forEach(follower -> look(follower, () -> follower.fresh(entries)));
    }

    @Override
    public void changed(Set<String> names, List<ConfigEntry> entries) {
        names.forEach(name -> store.withDestination(name).forEach(this::wake));
        upkeep.forEach(follower -> look(follower, () -> {
            if (failing.contains(follower)) {
                follower.fresh(entries);
            } else {
                follower.changed(names, entries);
            }
        }));
    }

    @Override
    public Duration wait(Duration usual) {
        return failing.isEmpty() ? usual : RETRY;
    }

    /** The listing is good although Consul refuses what one follower writes: the others are told of it all the same. */
    private void look(ConfigEntryWatch.Follower follower, Runnable look) {
        try {
            look.run();
            failing.remove(follower);
        } catch (ConsulException e) {
            if (failing.add(follower) && !Thread.currentThread().isInterrupted()) {
                LOG.atWarn()
                        .addKeyValue("what", follower.getClass().getSimpleName())
                        .addKeyValue("error", e.getMessage())
                        .log("upkeep of intentions failed, trying again");
            }
        }
    }

    /** None are cached: the reconciler reads an entry anew before it compares and writes. */
    @Override
    public Set<ConfigEntry> getSecondaryResources(ServiceIntention primary) {
        return Set.of();
    }

    /** The service's name got an owner, another one, or lost the one that it had. */
    void ownerChanged(String service) {
        store.withDestination(service).forEach(this::wake);
    }

    private void wakeOthersOfItsDestination(ServiceIntention intention) {
        new DestinationConflicts(store).othersThan(intention).forEach(this::wake);
    }

    private void wake(ServiceIntention intention) {
        if (isRunning()) {
            getEventHandler().handleEvent(new Event(ResourceID.fromResource(intention)));
        }
    }
}
