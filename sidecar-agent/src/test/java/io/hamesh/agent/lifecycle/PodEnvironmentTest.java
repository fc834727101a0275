package io.hamesh.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PodEnvironmentTest {
    @Test
    void readsOneAddressAFamily() {
        assertThat(PodEnvironment.ips(Map.of("hamesh.pod-ips", "10.0.0.9,fd00::9")))
                .containsExactly("10.0.0.9", "fd00::9");
    }

    @Test
    void namesTheVariableThatIsMissing() {
        assertThatThrownBy(() -> PodEnvironment.ips(Map.of())).hasMessageContaining("hamesh.pod-ips is not set");
    }

    @Test
    void namesTheVariableThatIsNoAddress() {
        assertThatThrownBy(() -> PodEnvironment.ips(Map.of("hamesh.pod-ips", "10.0.0.9,pod")))
                .hasMessage("hamesh.pod-ips=10.0.0.9,pod: expected IP addresses separated by commas");
    }
}
