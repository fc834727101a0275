package io.hamesh.operator.intention;

import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Wakes intentions whose entry changed in Consul, whose rival came or went, or whose destination changed hands. */
final class IntentionEventSource extends AbstractEventSource<ConfigEntry, ServiceIntention>
        implements ConfigEntryWatch.Follower {
    private final IntentionStore store;
    private final ConfigEntries consul;
    private final List<ConfigEntryWatch.Follower> upkeep;
    private @Nullable Thread watching;

    /** @param upkeep what else looks at each listing, once the intentions are awake */
    IntentionEventSource(IntentionStore store, ConfigEntries consul, List<ConfigEntryWatch.Follower> upkeep) {
        super(ConfigEntry.class, "consul-service-intentions");
        this.store = store;
        this.consul = consul;
        this.upkeep = List.copyOf(upkeep);
        store.onComingAndGoing(this::wakeRivals);
    }

    @Override
    public synchronized void start() {
        super.start();
        watching = Thread.ofVirtual()
                .name("intention-watch")
                .start(ConfigEntryWatch.of(consul, ConfigEntry.SERVICE_INTENTIONS, this));
    }

    @Override
    public synchronized void stop() {
        super.stop();
        if (watching != null) {
            watching.interrupt();
        }
    }

    @Override
    public void fresh(List<ConfigEntry> entries) {
        store.all().forEach(this::wake);
        upkeep.forEach(follower -> follower.fresh(entries));
    }

    @Override
    public void changed(Set<String> names, List<ConfigEntry> entries) {
        names.forEach(name -> store.withDestination(name).forEach(this::wake));
        upkeep.forEach(follower -> follower.changed(names, entries));
    }

    /** The reconciler reads entries afresh: what it compares and sets must not be old. */
    @Override
    public Set<ConfigEntry> getSecondaryResources(ServiceIntention primary) {
        return Set.of();
    }

    /** Somebody has the name now, or has it no more. */
    void ownerChanged(String service) {
        store.withDestination(service).forEach(this::wake);
    }

    private void wakeRivals(ServiceIntention intention) {
        new Rivals(store::withDestination).othersThan(intention).forEach(this::wake);
    }

    private void wake(ServiceIntention intention) {
        if (isRunning()) {
            getEventHandler().handleEvent(new Event(ResourceID.fromResource(intention)));
        }
    }
}
