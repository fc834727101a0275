package io.hamesh.operator.injection;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GRPCAction;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.TCPSocketAction;
import io.hamesh.model.AppProbe.Kind;
import io.hamesh.model.ProbePath;
import io.hamesh.operator.injection.ContainerProbes.Action;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A living pod that is applied once more. {@code kubectl apply} writes the author's probes over those that lead to HAProxy, or
 * only some fields of them, and the API server refuses that: probes of a living pod cannot change. So whatever says what the
 * author said before becomes again what stands; anything else is a change, and the API server's to refuse.
 */
final class ReappliedPod {
    private record Place(String container, Kind kind) {}

    private ReappliedPod() {}

    /** The update with the living pod's probes and hooks wherever it means the same. */
    static Pod settled(Pod living, Pod update) {
        Map<Place, Action> standing = actions(living);
        Map<Place, Action> written = actions(AppProbes.restored(living));
        return ContainerProbes.change(update, (container, kind, action) -> {
            Place place = new Place(container.getName(), kind);
            Action stands = standing.get(place);
            Action wrote = written.get(place);
            return stands != null && wrote != null && means(container, action, stands, wrote) ? stands : action;
        });
    }

    private static Map<Place, Action> actions(Pod pod) {
        Map<Place, Action> actions = new HashMap<>();
        ContainerProbes.change(pod, (container, kind, action) -> {
            actions.put(new Place(container.getName(), kind), action);
            return action;
        });
        return actions;
    }

    private static boolean means(Container container, Action update, Action stands, Action wrote) {
        return !wrote.equals(stands)
                && http(container, update.http(), stands.http(), wrote.http())
                && tcp(container, update, wrote.tcp())
                && grpc(update.grpc(), stands.grpc(), wrote.grpc());
    }

    /** Field by field, because a merge leaves what the author did not write as it stands. */
    private static boolean http(
            Container container,
            @Nullable HTTPGetAction update,
            @Nullable HTTPGetAction stands,
            @Nullable HTTPGetAction wrote) {
        if (update == null) {
            return wrote == null;
        }
        return either(update, stands, wrote, ReappliedPod::path)
                && either(update, stands, wrote, http -> port(container, http.getPort()))
                && either(update, stands, wrote, http -> Objects.requireNonNullElse(http.getScheme(), "HTTP"))
                && either(update, stands, wrote, http -> Objects.requireNonNullElse(http.getHost(), ""))
                && either(update, stands, wrote, HTTPGetAction::getHttpHeaders);
    }

    private static String path(HTTPGetAction http) {
        return ProbePath.encoded(http.getPath() == null ? "/" : http.getPath());
    }

    /** An HTTP probe stands in its place, and stays beside it in a merge. */
    private static boolean tcp(Container container, Action update, @Nullable TCPSocketAction wrote) {
        if (update.tcp() == null) {
            return wrote == null || update.http() != null;
        }
        return either(update.tcp(), null, wrote, tcp -> port(container, tcp.getPort()))
                && (update.tcp().getHost() == null || update.tcp().getHost().isEmpty());
    }

    private static boolean grpc(@Nullable GRPCAction update, @Nullable GRPCAction stands, @Nullable GRPCAction wrote) {
        if (update == null) {
            return wrote == null;
        }
        return either(update, stands, wrote, GRPCAction::getPort)
                && either(update, stands, wrote, grpc -> Objects.requireNonNullElse(grpc.getService(), ""));
    }

    private static OptionalInt port(Container container, IntOrString port) {
        return ProbeReader.number(container, port);
    }

    private static <T> boolean either(
            T update, @Nullable T stands, @Nullable T wrote, Function<T, @Nullable Object> field) {
        Object said = field.apply(update);
        return (stands != null && Objects.equals(said, field.apply(stands)))
                || (wrote != null && Objects.equals(said, field.apply(wrote)));
    }
}
