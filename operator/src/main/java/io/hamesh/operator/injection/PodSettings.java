package io.hamesh.operator.injection;

import io.hamesh.model.AppProbe;
import io.hamesh.model.ProbeSecret;
import io.hamesh.model.ServiceSettings;
import java.util.List;
import java.util.Optional;

/**
 * All that a pod's annotations said, with the defaults filled in.
 *
 * @param preStopSleepSeconds 0 for no pause
 * @param rewriteProbes whether HAProxy answers the kubelet for the application
 * @param origin which pod injection was for; empty for one that an earlier release injected
 */
record PodSettings(
        ServiceSettings service,
        int preStopSleepSeconds,
        boolean rewriteProbes,
        SidecarResources resources,
        Optional<String> origin) {
    PodSettings withProbeSecret(Optional<ProbeSecret> secret) {
        return new PodSettings(
                service.withProxy(service.proxy().withProbeSecret(secret)),
                preStopSleepSeconds,
                rewriteProbes,
                resources,
                origin);
    }

    PodSettings withProbes(List<AppProbe> probes) {
        return new PodSettings(service.withProbes(probes), preStopSleepSeconds, rewriteProbes, resources, origin);
    }
}
