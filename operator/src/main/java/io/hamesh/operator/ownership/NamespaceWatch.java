package io.hamesh.operator.ownership;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;

/** Which Kubernetes namespaces there are. */
final class NamespaceWatch implements AutoCloseable {
    private final SharedIndexInformer<Namespace> namespaces;

    NamespaceWatch(KubernetesClient client) {
        namespaces = client.namespaces().runnableInformer(0);
    }

    /**
     * Returns once all are known.
     *
     * @param gone is run after one went
     */
    void start(Runnable gone) {
        namespaces.addEventHandler(new ResourceEventHandler<>() {
            @Override
            public void onAdd(Namespace namespace) {
                // Nothing lives there yet.
            }

            @Override
            public void onUpdate(Namespace before, Namespace after) {
                // One that is going still holds its names.
            }

            @Override
            public void onDelete(Namespace namespace, boolean finalStateUnknown) {
                gone.run();
            }
        });
        namespaces.run();
    }

    boolean exists(String name) {
        return namespaces.getStore().getByKey(name) != null;
    }

    @Override
    public void close() {
        namespaces.close();
    }
}
