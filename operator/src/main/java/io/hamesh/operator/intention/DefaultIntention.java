package io.hamesh.operator.intention;

import io.hamesh.operator.api.v1alpha1.Destination;
import io.hamesh.operator.consul.ConfigEntries;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.ConfigEntryWatch;
import io.hamesh.operator.consul.ConsulRefusedException;
import io.hamesh.operator.events.EventRecorder;
import io.hamesh.operator.intention.IntentionSettings.DefaultPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps Consul's {@code * -> *} entry as the value {@code intentions.default} says: an entry that allows, or none for
 * deny. A new one is written only after all ServiceIntentions that deny a source: before them it would allow what they
 * deny.
 */
final class DefaultIntention implements ConfigEntryWatch.Follower {
    private static final Logger LOG = LoggerFactory.getLogger(DefaultIntention.class);

    /** Intentions are in Consul within seconds of each other, unless Consul refuses one. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** What is warned of, each anew when its words change. */
    private enum Trouble {
        WAITS,
        OTHERS_ENTRY,
        CONSULS_DEFAULT
    }

    private final ConfigEntries consul;
    private final Supplier<Optional<String>> consulsDefault;
    private final DeniedDestinations denied;
    private final IntentionSettings settings;
    private final EventRecorder events;
    private final InstantSource clock;
    private final Map<Trouble, String> warned = new EnumMap<>(Trouble.class);
    private @Nullable Instant waitingSince;

    /**
     * Asks nobody yet.
     *
     * @param consulsDefault asks Consul for its own default: {@code ConsulGateway.defaultIntentionPolicy}
     */
    DefaultIntention(
            ConfigEntries consul,
            Supplier<Optional<String>> consulsDefault,
            DeniedDestinations denied,
            IntentionSettings settings,
            EventRecorder events,
            InstantSource clock) {
        this.consul = consul;
        this.consulsDefault = consulsDefault;
        this.denied = denied;
        this.settings = settings;
        this.events = events;
        this.clock = clock;
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
                warn(
                        Trouble.OTHERS_ENTRY,
                        "the value intentions.default is allow, but Consul already has a service-intentions entry for '*',"
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
        Instant since = waitingSince;
        if (since == null) {
            waitingSince = clock.instant();
            LOG.atInfo().addKeyValue("missing", missing.toString()).log("the default intention waits for others");
        } else if (clock.instant().isAfter(since.plus(PATIENCE))) {
            warn(
                    Trouble.WAITS,
                    "the value intentions.default is allow, but calls without an intention are still denied: the entry"
                            + " '* -> *' would allow what the ServiceIntentions for " + String.join(", ", missing)
                            + " deny, and these are not in Consul; their condition Synced says why");
        }
    }

    private Set<String> missing(List<ConfigEntry> entries) {
        Set<String> missing = new TreeSet<>(denied.all());
        entries.forEach(entry -> missing.remove(entry.name()));
        return missing;
    }

    private void write(Optional<ConfigEntry> found) {
        waitingSince = null;
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
                warn(
                        Trouble.CONSULS_DEFAULT,
                        "Consul's own default_intention_policy is " + consuls + ", the value intentions.default is "
                                + word()
                                + ": sidecars follow the value, Consul's UI and other proxies do not. Set"
                                + " default_intention_policy = \"" + word()
                                + "\" on Consul's servers, or change the value");
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

    private void warn(Trouble trouble, String message) {
        if (!message.equals(warned.put(trouble, message))) {
            LOG.warn(message);
            events.record(
                    OperatorDeployment.reference(settings.releaseNamespace()),
                    EventRecorder.Type.WARNING,
                    "IntentionDefault",
                    message);
        }
    }
}
