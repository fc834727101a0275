package io.hamesh.testbed.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class AptSourcesTest {
    @Test
    void readsOneLineStyleWithOptions() {
        var text = """
                # deb http://commented.example/debian bookworm main
                deb [arch=amd64 signed-by=/usr/share/keyrings/a.gpg] http://mirror.example/debian bookworm main contrib
                deb-src http://sources.example/debian bookworm main
                """;
        assertThat(AptSources.uris("sources.list", text)).containsExactly("http://mirror.example/debian");
    }

    @Test
    void readsDeb822WithSeveralUris() {
        var text = """
                Types: deb
                # URIs: http://commented.example/debian
                URIs: http://one.example/debian  http://two.example/debian/
                Suites: bookworm
                """;
        assertThat(AptSources.uris("debian.sources", text))
                .containsExactly("http://one.example/debian", "http://two.example/debian/");
    }

    @Test
    void takesDebianArchivesOnly() {
        assertThat(AptSources.isDebianArchive("http://mirror.example/debian")).isTrue();
        assertThat(AptSources.isDebianArchive("https://mirror.example/pub/debian/"))
                .isTrue();
        assertThat(AptSources.isDebianArchive("http://mirror.example/debian-security"))
                .isFalse();
        assertThat(AptSources.isDebianArchive("http://mirror.example/ubuntu")).isFalse();
        assertThat(AptSources.isDebianArchive("https://vendor.example/apt")).isFalse();
    }

    @Test
    void toldMirrorComesFirst() {
        assertThat(AptSources.debianMirror(Map.of("HAMESH_DEBIAN_MIRROR", "http://told.example/debian")))
                .isEqualTo("http://told.example/debian");
    }
}
