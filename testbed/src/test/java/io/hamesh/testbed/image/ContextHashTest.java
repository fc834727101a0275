package io.hamesh.testbed.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.testbed.host.TestbedException;
import io.hamesh.testbed.image.ImageTool.Build;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextHashTest {
    private final Path context;

    ContextHashTest(@TempDir Path context) {
        this.context = context;
    }

    @BeforeEach
    void writeContext() throws IOException {
        Files.createDirectories(context.resolve("lib"));
        Files.writeString(context.resolve("lib/a.jar"), "a");
        Files.writeString(context.resolve("page.mjs"), "page");
        Files.writeString(context.resolve("other.txt"), "other");
    }

    @Test
    void findsSourcesOfTheContextOnly() {
        var text = """
                FROM x AS stage
                COPY --chown=1:1 a.txt b.txt \\
                     /to/
                copy lib /lib
                COPY --from=stage /jre /jre
                RUN echo COPY
                """;
        assertThat(ContextHash.copied(text)).containsExactly("a.txt", "b.txt", "lib");
    }

    @Test
    void changesWithACopiedFileAndNotWithAnother() throws IOException {
        var before = hash("COPY lib *.mjs /app/", "base");

        Files.writeString(context.resolve("other.txt"), "changed");
        assertThat(hash("COPY lib *.mjs /app/", "base")).isEqualTo(before);
        Files.writeString(context.resolve("lib/a.jar"), "changed");
        var afterFolder = hash("COPY lib *.mjs /app/", "base");
        assertThat(afterFolder).isNotEqualTo(before);
        Files.writeString(context.resolve("page.mjs"), "changed");
        assertThat(hash("COPY lib *.mjs /app/", "base")).isNotEqualTo(afterFolder);
    }

    @Test
    void changesWithTheBase() throws IOException {
        assertThat(hash("COPY lib /", "base:2")).isNotEqualTo(hash("COPY lib /", "base:1"));
    }

    @Test
    void missingJarSaysHowToMakeIt() {
        assertThatThrownBy(() -> hash("COPY operator/target/hamesh-operator.jar /app/", "base"))
                .isInstanceOf(TestbedException.class)
                .hasMessageContainingAll("hamesh-operator.jar", "mvn package");
    }

    private String hash(String copy, String base) throws IOException {
        var containerfile = Files.writeString(context.resolve("Containerfile"), "FROM scratch\n" + copy + "\n");
        return ContextHash.of(new Build("x", containerfile, context, Map.of("BASE", base)));
    }
}
