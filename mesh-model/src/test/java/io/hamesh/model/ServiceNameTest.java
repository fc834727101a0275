package io.hamesh.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceNameTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "web", "web-2", "0", "sidecar-proxy", "web-sidecar-proxy-2"})
    void labelIsAName(String name) {
        assertThat(ServiceName.isValid(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-web", "web-", "Web", "we_b", "we.b", "wéb", "web\n"})
    void whatIsNoLabelIsNoName(String name) {
        assertThat(ServiceName.isValid(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"web-sidecar-proxy", "web-sidecar-proxy-sidecar-proxy"})
    void nameOfAnothersProxyIsALabelAndNoServicesName(String name) {
        assertThat(DnsLabel.isValid(name)).isTrue();
        assertThat(ServiceName.isValid(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {63, 64})
    void longestNameHas63Characters(int length) {
        assertThat(ServiceName.isValid("a".repeat(length))).isEqualTo(length == 63);
    }
}
