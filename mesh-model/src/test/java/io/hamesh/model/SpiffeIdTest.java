package io.hamesh.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {
    @Test
    void uriIsWhatConsulWritesIntoALeaf() {
        SpiffeId id = SpiffeId.of("1111.consul", "dc1", "web");
        assertThat(id.uri()).isEqualTo("spiffe://1111.consul/ns/default/dc/dc1/svc/web");
        assertThat(SpiffeId.parse(id.uri())).contains(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spiffe://td",
                "https://td/ns/default/dc/dc1/svc/web",
                "spiffe://td/ns/default/dc/dc1/svc/",
                "spiffe://td/ns/default/dc/dc1/svc/web/x",
                "spiffe://td/ns/default/dc/dc1/svc/web ",
                "spiffe://TD/ns/default/dc/dc1/svc/web",
                "spiffe://td/agent/client/dc/dc1/id/x"
            })
    void anyOtherUriIsNoService(String uri) {
        assertThat(SpiffeId.parse(uri)).isEmpty();
    }
}
