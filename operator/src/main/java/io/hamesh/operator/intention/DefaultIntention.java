package io.hamesh.operator.intention;

import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.events.EventRecorder;
import io.hamesh.operator.intention.IntentionSettings.DefaultPolicy;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the value {@code intentions.default}: an ordinary {@code * -> *} entry for allow, none for deny. In a Consul that has
 * nothing yet it comes last: until the intentions that deny are there, it would allow what they are to deny.
 */
final class DefaultIntention implements ConfigEntryWatch.Follower {
    private static final Logger LOG = LoggerFactory.getLogger(DefaultIntention.class);

    private final ConfigEntries consul;
    private final Supplier<Optional<String>> consulsDefault;
    private final Supplier<Set<String>> due;
    private final IntentionSettings settings;
    private final EventRecorder events;
    private final Set<String> warned = new HashSet<>();
    private boolean waiting;

    /**
     * Asks nobody yet.
     *
     * @param due the destinations that are to have an entry in Consul
     */
    DefaultIntention(
            ConfigEntries consul,
            Supplier<Optional<String>> consulsDefault,
            Supplier<Set<String>> due,
            IntentionSettings settings,
            EventRecorder events) {
        this.consul = consul;
        this.consulsDefault = consulsDefault;
        this.due = due;
        this.settings = settings;
        this.events = events;
    }

    @Override
    public void fresh(List<ConfigEntry> entries) {
        keep(entries);
        compareWithConsuls();
    }

    @Override
    public void changed(Set<String> names, List<ConfigEntry> entries) {
        keep(entries);
    }

    /** Whoever else wrote {@code *}, a ServiceIntention or somebody in Consul, wants it instead of the value. */
    private void keep(List<ConfigEntry> entries) {
        Optional<ConfigEntry> found = entries.stream()
                .filter(entry -> entry.name().equals(Destination.ANY))
                .findFirst();
        boolean ours = found.map(EntryOwner::of)
                .filter(new EntryOwner.DefaultValue(settings.cluster())::equals)
                .isPresent();
        if (settings.defaultPolicy() == DefaultPolicy.ALLOW) {
            Set<String> missing = found.isEmpty() ? missing(entries) : Set.of();
            if (!missing.isEmpty()) {
                waitsFor(missing);
            } else if (found.isEmpty() || ours) {
                write(found);
            } else {
                warn("the value intentions.default is allow, but Consul already has a service-intentions entry for '*',"
                        + " which was not overwritten: delete it, or set the value to deny");
            }
        } else if (ours) {
            ConfigEntry entry = found.orElseThrow();
            if (consul.deleteCas(entry.kind(), entry.name(), entry.modifyIndex())) {
                LOG.atInfo().addKeyValue("policy", word()).log("removed the default intention");
            }
        }
    }

    private void waitsFor(Set<String> missing) {
        if (!waiting) {
            LOG.atInfo().addKeyValue("missing", missing.toString()).log("the default intention waits for others");
        }
        waiting = true;
    }

    private Set<String> missing(List<ConfigEntry> entries) {
        Set<String> missing = new TreeSet<>(due.get());
        entries.forEach(entry -> missing.remove(entry.name()));
        return missing;
    }

    private void write(Optional<ConfigEntry> found) {
        waiting = false;
        ConfigEntry wanted = IntentionMapping.allowAll(settings.cluster());
        boolean same =
                found.filter(entry -> IntentionMapping.isSame(wanted, entry)).isPresent();
        if (!same
                && consul.putCas(IntentionMapping.over(
                        wanted, found.map(ConfigEntry::modifyIndex).orElse(0L)))) {
            LOG.atInfo().addKeyValue("action", "allow").log("wrote the default intention");
        }
    }

    private void compareWithConsuls() {
        if (settings.defaultPolicy() == DefaultPolicy.NONE) {
            return;
        }
        try {
            String consuls = consulsDefault.get().orElse(word());
            if (!consuls.equals(word())) {
                warn("Consul's own default_intention_policy is " + consuls + ", the value intentions.default is "
                        + word()
                        + ": sidecars follow the value, Consul's UI and other proxies do not. Set"
                        + " default_intention_policy = \"" + word() + "\" on Consul's servers, or change the value");
            }
        } catch (ConsulRefusedException e) {
            LOG.atInfo()
                    .addKeyValue("error", e.reason())
                    .log("consul does not tell its default_intention_policy, which needs agent:read");
        }
    }

    private String word() {
        return settings.defaultPolicy() == DefaultPolicy.ALLOW
                ? "allow"
                : settings.defaultPolicy().name().toLowerCase(Locale.ROOT);
    }

    private void warn(String message) {
        if (warned.add(message)) {
            LOG.warn(message);
            events.record(
                    OperatorDeployment.reference(settings.releaseNamespace()),
                    EventRecorder.Type.WARNING,
                    "IntentionDefault",
                    message);
        }
    }
}
