package io.hamesh.operator.registration;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Registrations that give a service one more passing endpoint, from the moment they are wanted until Consul has them. A
 * deregistration of the same service comes after them: a Deployment that replaces its only pod then never has none.
 */
final class AddedCapacity {
    /** How many are to come, by service; each pod knows to which it adds. */
    private final Map<String, Integer> coming = new HashMap<>();

    /** The pod is about to be one more passing endpoint of {@code service}. */
    synchronized void coming(TrackedPod pod, String service) {
        coming.merge(service, 1, Integer::sum);
        pod.addsTo(Optional.of(service)).ifPresent(this::less);
    }

    /** The pod's registration is in Consul, or will not come. */
    synchronized void settled(TrackedPod pod) {
        Optional<String> service = pod.addsTo(Optional.empty());
        if (service.isPresent()) {
            less(service.get());
            notifyAll();
        }
    }

    private void less(String service) {
        coming.computeIfPresent(service, (name, pods) -> pods > 1 ? pods - 1 : null);
    }

    /** Returns when the service has no more to come, at the latest after {@code patience}; whether it has none. */
    synchronized boolean await(String service, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (coming.containsKey(service)) {
            long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }
}
