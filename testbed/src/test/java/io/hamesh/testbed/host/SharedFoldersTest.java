package io.hamesh.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFoldersTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final Path parent;

    SharedFoldersTest(@TempDir Path parent) {
        this.parent = parent;
    }

    @Test
    void isMadeOnce() {
        at(NOON).use("a", folder -> Trees.write(folder.resolve("file"), "first"));
        Path again = at(NOON).use("a", folder -> Trees.write(folder.resolve("file"), "second"));
        assertThat(again.resolve("file")).hasContent("first");
    }

    @Test
    void oneThatAnotherCheckoutUsesStays() {
        Path other = use("theirs", NOON);
        use("theirs", NOON.plus(Duration.ofHours(23)));
        use("ours", NOON.plus(Duration.ofHours(40)));
        assertThat(other).isDirectory();
    }

    @Test
    void oneThatNobodyUsedForADayGoes() {
        Path old = use("old", NOON);
        use("new", NOON.plus(Duration.ofHours(25)));
        assertThat(old).doesNotExist();
    }

    @Test
    void halfMadeOneIsNeverUsedAndMadeAnew() {
        assertThatThrownBy(() -> at(NOON).use("a", folder -> {
                    Trees.write(folder.resolve("rest"), "half");
                    throw new IllegalStateException("interrupted");
                }))
                .hasMessage("interrupted");
        Path made = use("a", NOON);
        assertThat(made).isEmptyDirectory();
        assertThat(Files.exists(parent.resolve("a.half"))).isFalse();
    }

    private Path use(String name, Instant now) {
        return at(now).use(name, folder -> {});
    }

    private SharedFolders at(Instant now) {
        return new SharedFolders(parent, Clock.fixed(now, ZoneOffset.UTC));
    }
}
