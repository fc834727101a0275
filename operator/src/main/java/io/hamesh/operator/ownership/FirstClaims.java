package io.hamesh.operator.ownership;

import io.hamesh.operator.consul.ConsulException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a name that nobody holds may be claimed: not where Consul knows it from others. */
final class FirstClaims implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FirstClaims.class);

    /** Who is refused asks again and again. */
    private static final Duration BELIEVED = Duration.ofSeconds(5);

    /** An admission does not wait for a Consul that is away: registration is the judge. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Many pods of a new service come at once, and registration asks again. */
    private static final Duration NOBODYS = Duration.ofSeconds(1);

    /** After Consul did not answer one in time. */
    private static final Duration SPARED = Duration.ofSeconds(5);

    private final List<Others> others = new CopyOnWriteArrayList<>();
    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final Map<String, Instant> nobodys = new ConcurrentHashMap<>();
    private final InstantSource clock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private volatile Instant spared = Instant.MIN;

    private record Known(String from, Instant until) {}

    FirstClaims(InstantSource clock) {
        this.clock = clock;
    }

    void ask(Others more) {
        others.add(more);
    }

    /**
     * Where Consul knows the name from.
     *
     * @throws ConsulException where Consul cannot say
     */
    Optional<String> knownFrom(String service) {
        Instant now = clock.instant();
        known.values().removeIf(each -> each.until().isBefore(now));
        Optional<String> before = Optional.ofNullable(known.get(service)).map(Known::from);
        if (before.isPresent()) {
            return before;
        }
        Optional<String> found =
                others.stream().flatMap(each -> each.of(service).stream()).findFirst();
        found.ifPresent(from -> known.put(service, new Known(from, now.plus(BELIEVED))));
        return found;
    }

    /** The same within a second; nothing where Consul does not say. */
    Optional<String> soonKnownFrom(String service) {
        Instant now = clock.instant();
        nobodys.values().removeIf(now::isAfter);
        if (now.isBefore(spared) || nobodys.containsKey(service)) {
            return Optional.empty();
        }
        Future<Optional<String>> answer = threads.submit(() -> knownFrom(service));
        try {
            Optional<String> found = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (found.isEmpty()) {
                nobodys.put(service, now.plus(NOBODYS));
            }
            return found;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            answer.cancel(true);
            spared = clock.instant().plus(SPARED);
            LOG.atInfo()
                    .addKeyValue("service", service)
                    .addKeyValue("error", e.toString())
                    .log(
                            "admitted unasked, to be judged at registration: Consul does not say whether others have the name");
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
