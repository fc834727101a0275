package io.hamesh.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code helm lint --strict}, and the chart's files beside its templates. */
class LintTest {

    @ParameterizedTest
    @ValueSource(strings = {Chart.EMBEDDED, Chart.EXTERNAL})
    void findsNothing(String consul) {
        var result = Chart.lint(consul);
        assertThat(result.ok()).as(result.output() + result.errors()).isTrue();
        assertThat(result.output()).doesNotContain("[WARNING]", "[ERROR]");
    }

    @Test
    void findsAMisspeltValue() {
        assertThat(Chart.lint(Chart.EMBEDDED, "operator.replcas=3").ok()).isFalse();
    }

    @Test
    void chartBringsTheCustomResourcesOfThisCheckout() throws IOException {
        List<Path> files = yamlFiles(Chart.file("../../crds"));
        assertThat(yamlFiles(Chart.file("crds"))).hasSameSizeAs(files);
        for (Path file : files) {
            assertThat(Chart.file("crds").resolve(file.getFileName())).hasSameTextualContentAs(file);
        }
    }

    private static List<Path> yamlFiles(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".yml")).toList();
        }
    }
}
