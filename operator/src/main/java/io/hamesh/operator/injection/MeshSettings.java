package io.hamesh.operator.injection;

import io.hamesh.model.ClusterDns;
import java.util.Optional;

/**
 * What the installation says about every pod that it injects.
 *
 * @param consulAddress base URL of Consul's HTTP API as pods reach it
 * @param imagePullPolicy of both sidecars, in Kubernetes' words
 * @param preStopSleepSeconds how long an application goes on serving after its endpoint went; 0 for no pause
 * @param postQuantum whether pods offer the post-quantum key exchange to those that they call
 * @param dns the cluster's, for agents of pods whose own may not find Consul; empty where the operator's own is no cluster's
 */
public record MeshSettings(
        String cluster,
        String consulAddress,
        String agentImage,
        String haproxyImage,
        String imagePullPolicy,
        int preStopSleepSeconds,
        boolean postQuantum,
        Optional<ClusterDns> dns) {
    MeshSettings withoutDns() {
        return new MeshSettings(
                cluster,
                consulAddress,
                agentImage,
                haproxyImage,
                imagePullPolicy,
                preStopSleepSeconds,
                postQuantum,
                Optional.empty());
    }
}
