package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.GRPCAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleBuilder;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.LifecycleHandlerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.TCPSocketAction;
import io.hamesh.model.AppProbe.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The probes and hooks of a pod's own containers, under one type: by both the kubelet calls the application. */
final class ContainerProbes {
    /** What the kubelet does; a probe has one of these or another that is no concern of ours, a hook at most the first. */
    record Action(
            @Nullable HTTPGetAction http,
            @Nullable TCPSocketAction tcp,
            @Nullable GRPCAction grpc) {
        static Action http(HTTPGetAction http) {
            return new Action(http, null, null);
        }

        static Action tcp(TCPSocketAction tcp) {
            return new Action(null, tcp, null);
        }

        static Action grpc(GRPCAction grpc) {
            return new Action(null, null, grpc);
        }
    }

    /** Says what a probe or hook shall do instead of {@code action}. */
    interface Change {
        Action apply(Container container, Kind kind, Action action);
    }

    private ContainerProbes() {}

    /** The pod with each probe and hook of its own containers changed, in the order in which it lists them. */
    static Pod change(Pod pod, Change change) {
        return new PodBuilder(pod)
                .editSpec()
                .withInitContainers(change(Pods.initContainers(pod), change))
                .withContainers(change(pod.getSpec().getContainers(), change))
                .endSpec()
                .build();
    }

    private static List<Container> change(List<Container> containers, Change change) {
        return containers.stream()
                .map(container -> Pods.isOwn(container) ? change(container, change) : container)
                .toList();
    }

    private static Container change(Container container, Change change) {
        ContainerBuilder changed = new ContainerBuilder(container);
        Probe startup = container.getStartupProbe();
        if (startup != null) {
            changed.withStartupProbe(change(container, Kind.STARTUP, startup, change));
        }
        Probe readiness = container.getReadinessProbe();
        if (readiness != null) {
            changed.withReadinessProbe(change(container, Kind.READINESS, readiness, change));
        }
        Probe liveness = container.getLivenessProbe();
        if (liveness != null) {
            changed.withLivenessProbe(change(container, Kind.LIVENESS, liveness, change));
        }
        if (container.getLifecycle() != null) {
            changed.withLifecycle(change(container, container.getLifecycle(), change));
        }
        return changed.build();
    }

    private static Probe change(Container container, Kind kind, Probe probe, Change change) {
        Action action =
                change.apply(container, kind, new Action(probe.getHttpGet(), probe.getTcpSocket(), probe.getGrpc()));
        return new ProbeBuilder(probe)
                .withHttpGet(action.http())
                .withTcpSocket(action.tcp())
                .withGrpc(action.grpc())
                .build();
    }

    private static Lifecycle change(Container container, Lifecycle lifecycle, Change change) {
        LifecycleBuilder changed = new LifecycleBuilder(lifecycle);
        LifecycleHandler postStart = lifecycle.getPostStart();
        if (postStart != null) {
            changed.withPostStart(change(container, Kind.POST_START, postStart, change));
        }
        LifecycleHandler preStop = lifecycle.getPreStop();
        if (preStop != null) {
            changed.withPreStop(change(container, Kind.PRE_STOP, preStop, change));
        }
        return changed.build();
    }

    /** A hook's {@code tcpSocket} does nothing: the API keeps it for old objects. */
    private static LifecycleHandler change(Container container, Kind kind, LifecycleHandler hook, Change change) {
        HTTPGetAction http = hook.getHttpGet();
        if (http == null) {
            return hook;
        }
        return new LifecycleHandlerBuilder(hook)
                .withHttpGet(change.apply(container, kind, Action.http(http)).http())
                .build();
    }
}
