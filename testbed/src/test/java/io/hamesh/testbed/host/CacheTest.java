package io.hamesh.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheTest {
    @Test
    void ownSettingComesFirst() {
        assertThat(Cache.fromEnvironment(Map.of("HAMESH_CACHE", "/big/disk", "XDG_CACHE_HOME", "/xdg"))
                        .root())
                .isEqualTo(Path.of("/big/disk"));
    }

    @Test
    void desktopSettingGetsAFolderOfOurs() {
        assertThat(Cache.fromEnvironment(Map.of("HAMESH_CACHE", "", "XDG_CACHE_HOME", "/xdg"))
                        .root())
                .isEqualTo(Path.of("/xdg/hamesh"));
    }

    @Test
    void homeIsTheDefault() {
        assertThat(Cache.fromEnvironment(Map.of()).root())
                .isEqualTo(Path.of(System.getProperty("user.home"), ".cache/hamesh"));
    }
}
