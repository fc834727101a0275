package io.hamesh.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
    private final Path folder;

    BuildTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void cacheOfTheSameJarIsNotStale() throws IOException {
        Build build = jar("code");
        build.noteTrained();
        assertThat(jar("code").staleCache()).isEmpty();
    }

    @Test
    void cacheOfAnotherJarIsStale() throws IOException {
        Build older = jar("older code");
        older.noteTrained();
        assertThat(jar("newer code").staleCache()).contains(older.id());
    }

    @Test
    void jarThatWasNeverTrainedIsNotStale() throws IOException {
        assertThat(jar("code").staleCache()).isEmpty();
    }

    private Build jar(String content) throws IOException {
        return Build.of(Files.writeString(folder.resolve("agent.jar"), content));
    }
}
