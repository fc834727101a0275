package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Quantity;
import io.hamesh.model.ServiceSettings;

/**
 * All that a pod's annotations said, with the defaults filled in.
 *
 * @param preStopSleepSeconds 0 for no pause
 * @param proxyCpu what HAProxy requests
 * @param proxyMemoryRequest and what it may use at most is {@code proxyMemoryLimit}
 */
record PodSettings(
        ServiceSettings service,
        int preStopSleepSeconds,
        Quantity proxyCpu,
        Quantity proxyMemoryRequest,
        Quantity proxyMemoryLimit) {}
