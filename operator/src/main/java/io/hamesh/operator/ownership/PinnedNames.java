package io.hamesh.operator.ownership;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The names that stay their namespace's, although nothing lives on them there, because intentions allow them. */
final class PinnedNames {
    private static final Logger LOG = LoggerFactory.getLogger(PinnedNames.class);

    private final List<Pins> pins = new CopyOnWriteArrayList<>();
    private final Map<String, PinnedName> found = new ConcurrentSkipListMap<>();
    private final List<Consumer<Collection<PinnedName>>> listeners = new CopyOnWriteArrayList<>();

    void ask(Pins more) {
        pins.add(more);
    }

    void onChange(Consumer<Collection<PinnedName>> listener) {
        listeners.add(listener);
    }

    /** Whether an intention allows that name, which would be free otherwise; lists and logs it then. */
    boolean holds(String service, Holder holder) {
        List<String> by = pins.stream()
                .flatMap(each -> each.of(service).stream())
                .distinct()
                .sorted()
                .toList();
        if (by.isEmpty()) {
            forget(service);
            return false;
        }
        PinnedName now = new PinnedName(service, holder.namespaces(), by);
        if (!now.equals(found.put(service, now))) {
            LOG.atWarn()
                    .addKeyValue("service", service)
                    .addKeyValue("namespaces", String.join(",", holder.namespaces()))
                    .addKeyValue("pinnedBy", String.join(", ", by))
                    .log("nothing lives on a name that intentions allow: it stays its namespace's");
            tell();
        }
        return true;
    }

    /** Something lives on it again, or it is nobody's any more. */
    void forget(String service) {
        if (found.remove(service) != null) {
            tell();
        }
    }

    /** Forgets all but those. */
    void retain(Collection<String> services) {
        if (found.keySet().retainAll(services)) {
            tell();
        }
    }

    private void tell() {
        listeners.forEach(listener -> listener.accept(List.copyOf(found.values())));
    }
}
