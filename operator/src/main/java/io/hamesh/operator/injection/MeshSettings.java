package io.hamesh.operator.injection;

/**
 * What the installation says about every pod that it injects.
 *
 * @param consulAddress base URL of Consul's HTTP API as pods reach it
 * @param imagePullPolicy of both sidecars, in Kubernetes' words
 * @param preStopSleepSeconds how long an application goes on serving after its endpoint went; 0 for no pause
 */
public record MeshSettings(
        String cluster,
        String consulAddress,
        String agentImage,
        String haproxyImage,
        String imagePullPolicy,
        int preStopSleepSeconds) {}
