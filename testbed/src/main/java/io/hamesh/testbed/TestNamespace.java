package io.hamesh.testbed;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;

/** A Kubernetes namespace that only one test class uses. */
public record TestNamespace(Platform platform, String name) {
    private static final int LONGEST_CLASS_NAME = 40;

    static TestNamespace create(Platform platform, Class<?> test) {
        var name = nameFor(test.getSimpleName(), new SecureRandom().nextInt());
        create(platform.client(), name);
        return new TestNamespace(platform, name);
    }

    /** Creates a namespace with the mark of those that tests leave behind when they are killed. */
    public static void create(KubernetesClient client, String name) {
        client.namespaces()
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .addToLabels("hamesh.io/test", "true")
                        .endMetadata()
                        .build())
                .create();
    }

    /** A DNS label: the class in lower case and something random. */
    static String nameFor(String className, int random) {
        var base = className.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        var start = base.substring(0, Math.min(base.length(), LONGEST_CLASS_NAME));
        return start + "-" + HexFormat.of().toHexDigits(random);
    }

    /** {@code kubectl} in this namespace. */
    public String kubectl(String... arguments) {
        return platform.command("kubectl")
                .and("--namespace", name)
                .and(arguments)
                .output();
    }

    /** Lets it go, without waiting for its pods. */
    void delete() {
        platform.client().namespaces().withName(name).delete();
    }
}
