package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Every object that the cluster lets itself list, as {@code KIND NAMESPACE NAME}; test namespaces and Events apart. */
record ClusterListing(SortedSet<String> objects) {
    /** What an uninstallation leaves: the custom resource's definition, and the namespace with what each one has. */
    private static final List<String> STAYS = List.of(
            "CustomResourceDefinition <none> serviceintentions.hamesh.io",
            "APIService <none> v1alpha1.hamesh.io",
            "Namespace <none> hamesh-system",
            "ServiceAccount hamesh-system default",
            "ConfigMap hamesh-system kube-root-ca.crt");

    /** Some of it goes by itself, after what it was for: an APIService, what discovery tells. */
    private static final Duration GONE = Duration.ofSeconds(60);

    private static final String COLUMNS = "custom-columns=KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name";

    static ClusterListing of(Kubectl kubectl) {
        String types = kubectl.run("api-resources", "--verbs=list", "-o", "name")
                .expectSuccess()
                .lines()
                .filter(type -> !type.startsWith("events")) // they end by themselves
                .collect(Collectors.joining(","));
        var ofTests = kubectl.run("get", "namespaces", "-l", "hamesh.io/test", "-o", "name")
                .expectSuccess()
                .lines()
                .map(name -> name.substring(name.indexOf('/') + 1))
                .collect(Collectors.toSet());
        return new ClusterListing(kubectl.run("get", types, "--all-namespaces", "--no-headers", "-o", COLUMNS)
                .expectSuccess()
                .lines()
                .map(line -> line.split("\\s+"))
                .filter(words -> !ofTests.contains(words[1]) && !ofTests.contains(words[2]))
                .map(words -> String.join(" ", words))
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Waits until the cluster has no more than it had, but for what the contract names, and {@code besides}. */
    void awaitOnlyTheContractBesides(Kubectl kubectl, String... besides) {
        SortedSet<String> stays = new TreeSet<>(STAYS);
        stays.addAll(List.of(besides));
        Eventually.that(
                "all else to be gone", GONE, () -> assertThat(of(kubectl).beyond(this))
                        .isEqualTo(stays));
    }

    /** Waits until the cluster has no more than it had. */
    void awaitNothingBesides(Kubectl kubectl) {
        Eventually.that("all to be gone", GONE, () -> assertThat(of(kubectl).beyond(this))
                .isEmpty());
    }

    /** What is here and was not there. */
    SortedSet<String> beyond(ClusterListing before) {
        SortedSet<String> more = new TreeSet<>(objects);
        more.removeAll(before.objects);
        return more;
    }
}
