package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.hamesh.testbed.Tools;
import io.hamesh.testbed.host.Checkout;
import io.hamesh.testbed.host.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** This checkout's chart. Settings are written as for {@code helm --set}: {@code operator.replicas=3}. */
final class Chart {
    static final String NAMESPACE = "mesh";
    static final String RELEASE = "hamesh-system";
    static final String EMBEDDED = "consul.embedded.enabled=true";
    static final String EXTERNAL = "consul.address=http://consul.example.org:8500";

    private static final Path FOLDER = Checkout.find(Map.of(), Path.of("")).at("charts/hamesh");
    private static final Optional<Path> HELM = Tools.helm();
    private static final Map<List<String>, Manifests> RENDERED = new ConcurrentHashMap<>();

    private Chart() {}

    /** Everything that the chart makes with an embedded Consul. */
    static Manifests withEmbeddedConsul(String... settings) {
        return render(EMBEDDED, settings);
    }

    /** Everything that the chart makes for a Consul elsewhere. */
    static Manifests withExternalConsul(String... settings) {
        return render(EXTERNAL, settings);
    }

    private static Manifests render(String consul, String... settings) {
        return RENDERED.computeIfAbsent(
                all(consul, settings),
                all -> Manifests.of(template(all.toArray(String[]::new)).output()));
    }

    /** What Helm says to whoever gives these settings; fails if it renders them. */
    static String refusal(String... settings) {
        Command.Result result = template(settings).run();
        assertThat(result.ok()).as("refuses %s", List.of(settings)).isFalse();
        return result.errors();
    }

    /** {@link #refusal} on a cluster of that version. */
    static String refusalOn(String kubernetes, String... settings) {
        Command.Result result =
                template(settings).and("--kube-version", kubernetes).run();
        assertThat(result.ok()).as("refuses Kubernetes %s", kubernetes).isFalse();
        return result.errors();
    }

    static Manifests renderOn(String kubernetes, String... settings) {
        return Manifests.of(template(settings).and("--kube-version", kubernetes).output());
    }

    /** The notes that {@code helm install} prints; without a cluster it prints none, so they are rendered as an object. */
    static String notes(String consul, String... settings) {
        String yaml = Command.of(program(), "template", RELEASE, NotesChart.FOLDER.toString())
                .and("--namespace", NAMESPACE, "--show-only", "templates/notes.yaml")
                .and(set(all(consul, settings)))
                .output();
        return Manifests.of(yaml).get("Notes", "notes").path("text").asText();
    }

    /** {@code helm lint --strict}. */
    static Command.Result lint(String... settings) {
        return Command.of(program(), "lint", "--strict", FOLDER.toString())
                .and(set(List.of(settings)))
                .run();
    }

    /** {@code values.yaml}. */
    static JsonNode values() {
        return Manifests.yaml(FOLDER.resolve("values.yaml")).getFirst();
    }

    static Path file(String path) {
        return FOLDER.resolve(path);
    }

    /** A copy of the chart whose notes are an object. */
    private static final class NotesChart {
        static final Path FOLDER = copy();

        private static Path copy() {
            try {
                Path copy = Files.createTempDirectory(Path.of("target"), "chart");
                try (var files = Files.walk(Chart.FOLDER)) {
                    for (Path file : files.filter(Files::isRegularFile).toList()) {
                        Path to = copy.resolve(Chart.FOLDER.relativize(file));
                        Files.createDirectories(to.getParent());
                        Files.copy(file, to);
                    }
                }
                Path notes = copy.resolve("templates/NOTES.txt");
                Files.writeString(copy.resolve("templates/notes.yaml"), """
                        {{- define "notes" }}%s{{ end -}}
                        kind: Notes
                        metadata: {name: notes}
                        text: {{ include "notes" . | quote }}
                        """.formatted(Files.readString(notes)));
                return copy;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Command template(String... settings) {
        return helm("template").and(set(List.of(settings)));
    }

    private static Command helm(String command, String... options) {
        return Command.of(program(), command, RELEASE, FOLDER.toString(), "--namespace", NAMESPACE)
                .and(options);
    }

    private static String program() {
        assumeTrue(HELM.isPresent(), "no helm here");
        return HELM.orElseThrow().toString();
    }

    private static List<String> all(String consul, String... settings) {
        List<String> all = new ArrayList<>(List.of(consul));
        all.addAll(List.of(settings));
        return all;
    }

    private static List<String> set(List<String> settings) {
        return settings.stream().map(setting -> "--set=" + setting).toList();
    }
}
