package io.hamesh.operator.injection;

import io.hamesh.model.AppProbe;
import io.hamesh.model.ServiceSettings;
import java.util.List;

/**
 * All that a pod's annotations said, with the defaults filled in.
 *
 * @param preStopSleepSeconds 0 for no pause
 * @param rewriteProbes whether HAProxy answers the kubelet for the application
 */
record PodSettings(
        ServiceSettings service, int preStopSleepSeconds, boolean rewriteProbes, SidecarResources resources) {
    PodSettings withProbes(List<AppProbe> probes) {
        return new PodSettings(service.withProbes(probes), preStopSleepSeconds, rewriteProbes, resources);
    }
}
