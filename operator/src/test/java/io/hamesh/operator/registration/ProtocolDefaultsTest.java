package io.hamesh.operator.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Protocol;
import io.hamesh.operator.consul.ConfigEntry;
import io.hamesh.operator.consul.InMemoryConsul;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Foreign;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.InPlace;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Repaired;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Waits;
import io.hamesh.operator.registration.ProtocolDefaults.Declaration.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProtocolDefaultsTest {
    private static final Written WRITTEN = new Written();
    private static final Repaired REPAIRED = new Repaired();

    private final InMemoryConsul consul = new InMemoryConsul();
    private Instant now = Instant.parse("2026-01-01T10:00:00Z");
    private Duration eachWriteTakes = Duration.ZERO;
    private ProtocolDefaults protocols = started();

    @Test
    void allPodsTogetherChangeTheProtocolOnceInTwentyMinutes() {
        assertThat(allSay(Protocol.HTTP)).as("the first").isEqualTo(WRITTEN);
        assertThat(allSay(Protocol.TCP)).as("a change").isEqualTo(WRITTEN);
        now = now.plus(Duration.ofMinutes(20)).minusSeconds(1);
        assertThat(allSay(Protocol.HTTP))
                .isEqualTo(new Waits("the pod says protocol http, callers of www go on with tcp: it changed less than"
                        + " 20 minutes ago, and changes again at 2026-01-01T10:20:00Z"));
        assertThat(consul.protocol("www")).isEqualTo("tcp");
        now = now.plusSeconds(1);
        assertThat(allSay(Protocol.HTTP)).isEqualTo(WRITTEN);
        assertThat(consul.protocol("www")).isEqualTo("http");
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
        assertThat(consul.protocol("www")).isEqualTo("http");
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
        assertThat(consul.protocol("www")).isEqualTo("grpc");
    }

    @Test
    void whatProxyDefaultsSaysNeedsNoEntry() {
        proxyDefaultsSay("http");
        assertThat(allSay(Protocol.HTTP)).isEqualTo(new InPlace());
        assertThat(consul.get(ConfigEntry.SERVICE_DEFAULTS, "www")).isEmpty();
    }

    @Test
    void tcpIsWrittenWhereProxyDefaultsSaysAnother() {
        proxyDefaultsSay("http");
        assertThat(protocols.ensure("www", Protocol.TCP, () -> Set.of(Protocol.HTTP, Protocol.TCP)))
                .as("not as long as some of its pods say http")
                .isEqualTo(new Waits("the pod says protocol tcp, callers of www go on with http: that changes once all"
                        + " living pods of www say tcp; others say http"));
        assertThat(allSay(Protocol.TCP)).isEqualTo(WRITTEN);
        assertThat(consul.protocol("www")).isEqualTo("tcp");
    }

    @Test
    void entryWithoutAProtocolMeansTcpWhateverProxyDefaultsSays() {
        proxyDefaultsSay("http");
        consul.force(
                new ConfigEntry(ConfigEntry.SERVICE_DEFAULTS, "www", Map.of(), Map.of("MaxInboundConnections", 5), 0));
        assertThat(differing(Protocol.TCP)).isEmpty();
        assertThat(allSay(Protocol.TCP)).isEqualTo(new InPlace());
        assertThat(differing(Protocol.HTTP)).containsExactly("www");
        assertThat(allSay(Protocol.HTTP))
                .isEqualTo(new Foreign("service-defaults www in Consul says protocol tcp, the pod says http: Consul's"
                        + " stands; change one of them"));
    }

    @Test
    void changeOfProxyDefaultsIsSeenAndIsNoDrift() {
        proxyDefaultsSay("http");
        allSay(Protocol.HTTP);
        assertThat(differing(Protocol.HTTP)).isEmpty();
        proxyDefaultsSay("grpc");
        assertThat(differing(Protocol.HTTP)).containsExactly("www");
        assertThat(allSay(Protocol.HTTP)).as("nobody changed an entry of ours").isEqualTo(WRITTEN);
        assertThat(consul.protocol("www")).isEqualTo("http");
        assertThat(differing(Protocol.HTTP)).isEmpty();
    }

    @Test
    void changeOfProxyDefaultsIsSeenWherePodsSpeakBoth() {
        proxyDefaultsSay("http");
        allSay(Protocol.HTTP);
        proxyDefaultsSay("tcp");
        assertThat(differing(Protocol.HTTP, Protocol.TCP)).isEmpty();
        assertThat(protocols.ensure("www", Protocol.HTTP, () -> Set.of(Protocol.HTTP, Protocol.TCP)))
                .isInstanceOf(Waits.class);
    }

    @Test
    void whoeverIsAlwaysFasterIsToldInsteadOfTriedForEver() {
        allSay(Protocol.HTTP);
        changeTo("tcp");
        somebodyIsAlwaysFaster();
        assertThat(allSay(Protocol.HTTP))
                .isEqualTo(new Waits("others keep changing service-defaults www in Consul, so that it does not say the"
                        + " pod's protocol http yet: tried again each minute"));
        assertThat(consul.protocol("www")).isEqualTo("grpc");
    }

    @Test
    void slowConsulIsNotAskedForAsLongAsThat() {
        allSay(Protocol.HTTP);
        changeTo("tcp");
        Instant begin = now;
        eachWriteTakes = Duration.ofSeconds(20);
        somebodyIsAlwaysFaster();
        assertThat(allSay(Protocol.HTTP)).isInstanceOf(Waits.class);
        assertThat(Duration.between(begin, now)).as("two tries").isEqualTo(Duration.ofSeconds(40));
    }

    private void somebodyIsAlwaysFaster() {
        consul.beforeNextWrite(() -> {
            now = now.plus(eachWriteTakes);
            changeTo("grpc");
            somebodyIsAlwaysFaster();
        });
    }

    private Set<String> differing(Protocol... spoken) {
        return protocols.differing(protocols.all(), Map.of("www", Set.of(spoken)));
    }

    private void proxyDefaultsSay(String protocol) {
        Map<String, Object> fields = Map.of("Config", Map.of("protocol", protocol));
        consul.force(new ConfigEntry(ConfigEntry.PROXY_DEFAULTS, ConfigEntry.GLOBAL, Map.of(), fields, 0));
    }

    private Declaration allSay(Protocol protocol) {
        return protocols.ensure("www", protocol, () -> Set.of(protocol));
    }

    private void changeTo(String protocol) {
        ConfigEntry entry = consul.get(ConfigEntry.SERVICE_DEFAULTS, "www").orElseThrow();
        Map<String, Object> fields = new HashMap<>(entry.fields());
        fields.put("Protocol", protocol);
        consul.force(new ConfigEntry(entry.kind(), entry.name(), entry.meta(), fields, 0));
        protocols.forget();
    }

    private ProtocolDefaults started() {
        return new ProtocolDefaults(consul, "prod", () -> now);
    }
}
