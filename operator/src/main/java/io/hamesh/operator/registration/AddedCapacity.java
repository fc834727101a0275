package io.hamesh.operator.registration;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Registrations that give a service one more passing endpoint, from the moment they are wanted until Consul has them. A
 * deregistration of the same service comes after them: a Deployment that replaces its only pod then never has none.
 */
final class AddedCapacity {
    private final Map<PodKey, String> services = new HashMap<>();

    /** The pod is about to be one more passing endpoint of {@code service}. */
    synchronized void coming(PodKey pod, String service) {
        services.put(pod, service);
    }

    /** The pod's registration is in Consul, or will not come. */
    synchronized void settled(PodKey pod) {
        if (services.remove(pod) != null) {
            notifyAll();
        }
    }

    /** Returns when the service has no more to come, at the latest after {@code patience}; whether it has none. */
    synchronized boolean await(String service, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (services.containsValue(service)) {
            long millis = (deadline - System.nanoTime() + 999_999) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }
}
