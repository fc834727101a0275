package io.hamesh.operator.ownership;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.hamesh.model.Annotations;
import io.hamesh.model.ServiceName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which Kubernetes namespaces there are, and which names they are granted. */
final class NamespaceWatch implements Grants, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NamespaceWatch.class);
    private static final String BY_SERVICE = "service";

    private final SharedIndexInformer<Namespace> namespaces;
    private final CompletableFuture<Void> known = new CompletableFuture<>();

    /** Asks nobody before {@link #start}. */
    NamespaceWatch(KubernetesClient client) {
        namespaces = client.namespaces().runnableInformer(0);
        namespaces.addIndexers(
                Map.of(BY_SERVICE, namespace -> granted(namespace).toList()));
        namespaces.exceptionHandler((started, error) -> true); // try again, for ever
    }

    /**
     * Begins to learn them, however long the API server is away.
     *
     * @param gone is run after one went
     * @param granted hears of each name that a namespace is granted from now on, or no more
     */
    void start(Runnable gone, Consumer<String> granted) {
        namespaces.addEventHandler(new Handler(gone, granted));
        namespaces.start().thenRun(() -> known.complete(null));
    }

    /**
     * Returns once all are known.
     *
     * @throws IllegalStateException where its thread is interrupted before
     */
    void awaitKnown() {
        try {
            known.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("stopped before the namespaces were known", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    boolean exists(String name) {
        return namespaces.getStore().getByKey(name) != null;
    }

    @Override
    public List<String> namespaces(String service) {
        return namespaces.getIndexer().byIndex(BY_SERVICE, service).stream()
                .map(namespace -> namespace.getMetadata().getName())
                .sorted()
                .toList();
    }

    @Override
    public Set<String> services() {
        return namespaces.getStore().list().stream()
                .flatMap(NamespaceWatch::granted)
                .collect(Collectors.toSet());
    }

    /** What the annotation grants; what is no service's name there grants nothing. */
    static Stream<String> granted(Namespace namespace) {
        return written(namespace).filter(ServiceName::isValid).distinct();
    }

    private static Stream<String> written(Namespace namespace) {
        String names = Optional.ofNullable(namespace.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(Annotations.SERVICES))
                .orElse("");
        return Stream.of(names.split(",", -1)).map(String::strip).filter(name -> !name.isEmpty());
    }

    @Override
    public void close() {
        namespaces.close();
    }

    private record Handler(Runnable gone, Consumer<String> changed) implements ResourceEventHandler<Namespace> {
        @Override
        public void onAdd(Namespace namespace) {
            warn(namespace);
            granted(namespace).forEach(changed);
        }

        /** One that is going still holds its names. */
        @Override
        public void onUpdate(Namespace before, Namespace after) {
            Set<String> names = granted(before).collect(Collectors.toCollection(HashSet::new));
            Set<String> now = granted(after).collect(Collectors.toSet());
            if (!names.equals(now)) {
                names.addAll(now);
                names.forEach(changed);
            }
            if (!written(before).toList().equals(written(after).toList())) {
                warn(after);
            }
        }

        @Override
        public void onDelete(Namespace namespace, boolean finalStateUnknown) {
            gone.run();
            granted(namespace).forEach(changed);
        }

        private static void warn(Namespace namespace) {
            written(namespace).filter(name -> !ServiceName.isValid(name)).forEach(name -> LOG.atWarn()
                    .addKeyValue("namespace", namespace.getMetadata().getName())
                    .addKeyValue("annotation", Annotations.SERVICES)
                    .addKeyValue("name", name)
                    .log("grants nothing: no service's name, expected " + ServiceName.RULE));
        }
    }
}
