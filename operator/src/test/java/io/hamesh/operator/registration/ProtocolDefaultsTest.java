package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.InPlace;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Repaired;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Waits;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProtocolDefaultsTest {
    private static final Written WRITTEN = new Written();
    private static final Repaired REPAIRED = new Repaired();

    private final InMemoryConsul consul = new InMemoryConsul();
    private Instant now = Instant.parse("2026-01-01T10:00:00Z");
    private ProtocolDefaults protocols = started();

    @Test
    void allPodsTogetherChangeTheProtocolOnceInTwentyMinutes() {
        assertThat(allSay(Protocol.HTTP)).as("the first").isEqualTo(WRITTEN);
        assertThat(allSay(Protocol.TCP)).as("a change").isEqualTo(WRITTEN);
        now = now.plus(Duration.ofMinutes(20)).minusSeconds(1);
        assertThat(allSay(Protocol.HTTP))
                .isEqualTo(new Waits("the pod says protocol http, callers of www go on with tcp: it changed less than"
                        + " 20 minutes ago, and changes again at 2026-01-01T10:20:00Z"));
        assertThat(declared()).isEqualTo("tcp");
        now = now.plusSeconds(1);
        assertThat(allSay(Protocol.HTTP)).isEqualTo(WRITTEN);
        assertThat(declared()).isEqualTo("http");
    }

    @Test
    void operatorThatStartsAnewKnowsOfTheChange() {
        allSay(Protocol.HTTP);
        allSay(Protocol.TCP);
        protocols = started();
        assertThat(allSay(Protocol.HTTP)).isInstanceOf(Waits.class);
    }

    @Test
    void oneOddPodChangesNothing() {
        allSay(Protocol.HTTP);
        assertThat(protocols.ensure("www", Protocol.TCP, () -> Set.of(Protocol.HTTP, Protocol.TCP)))
                .isInstanceOf(Waits.class);
        assertThat(declared()).isEqualTo("http");
    }

    @Test
    void whatSomebodyChangedInConsulIsPutRightAtOnceAndDoesNotCount() {
        allSay(Protocol.HTTP);
        allSay(Protocol.TCP);
        changeTo("grpc");
        assertThat(allSay(Protocol.TCP)).isEqualTo(REPAIRED);
        consul.entries.clear();
        protocols.forget();
        assertThat(allSay(Protocol.TCP))
                .as("without an entry callers speak tcp")
                .isEqualTo(new InPlace());
        assertThat(allSay(Protocol.HTTP)).as("nothing stands there to change").isEqualTo(WRITTEN);
    }

    @Test
    void whatSomebodyChangedWhileNoOperatorRanIsPutRightToo() {
        allSay(Protocol.HTTP);
        allSay(Protocol.GRPC);
        changeTo("tcp");
        protocols = started();
        assertThat(allSay(Protocol.GRPC)).isEqualTo(REPAIRED);
        assertThat(declared()).isEqualTo("grpc");
    }

    private Declaration allSay(Protocol protocol) {
        return protocols.ensure("www", protocol, () -> Set.of(protocol));
    }

    private void changeTo(String protocol) {
        ConfigEntry entry = consul.get(ConfigEntry.SERVICE_DEFAULTS, "www").orElseThrow();
        Map<String, Object> fields = new HashMap<>(entry.fields());
        fields.put("Protocol", protocol);
        consul.putCas(new ConfigEntry(entry.kind(), entry.name(), entry.meta(), fields, entry.modifyIndex()));
        protocols.forget();
    }

    private String declared() {
        return Optional.ofNullable(consul.get(ConfigEntry.SERVICE_DEFAULTS, "www")
                        .orElseThrow()
                        .fields()
                        .get("Protocol"))
                .orElseThrow()
                .toString();
    }

    private ProtocolDefaults started() {
        return new ProtocolDefaults(consul, "prod", () -> now);
    }
}
