package io.hamesh.agent.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.Leaf;
import io.hamesh.agent.snapshot.Roots;
import io.hamesh.model.Protocol;
import io.hamesh.model.SpiffeId;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The documents are those of Consul 1.22, cut to what matters. */
class DecodersTest {
    private static final String LEAF = """
            {"SerialNumber":"08","CertPEM":"CERT","PrivateKeyPEM":"KEY","Service":"www",
             "ServiceURI":"spiffe://aa1f.consul/ns/default/dc/dc1/svc/www",
             "ValidAfter":"2026-11-24T13:01:01Z","ValidBefore":"2026-11-27T13:01:01Z","CreateIndex":16}""";

    @Test
    void leafHasIdentityKeyAndEnd() throws IOException {
        assertThat(Decoders.leaf(in(LEAF), "www"))
                .isEqualTo(new Leaf(
                        SpiffeId.of("aa1f.consul", "dc1", "www"),
                        "CERT",
                        "KEY",
                        Instant.parse("2026-11-27T13:01:01Z")));
    }

    @Test
    void leafOfAnotherServiceIsRefused() {
        assertThatThrownBy(() -> Decoders.leaf(in(LEAF), "redis"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("/svc/www, not for service redis");
    }

    @Test
    void leafWithoutKeyIsRefused() {
        assertThatThrownBy(() -> Decoders.leaf(in(LEAF.replace("KEY", "")), "www"))
                .hasMessage("PrivateKeyPEM is missing");
    }

    @Test
    void allRootsAreTaken() throws IOException {
        assertThat(Decoders.roots(in("""
                        {"ActiveRootID":"b","TrustDomain":"td.consul","Roots":[{"ID":"a","RootCert":"A","Active":false},
                         {"ID":"b","RootCert":"B","IntermediateCerts":null,"Active":true}]}"""))).isEqualTo(new Roots("td.consul", List.of("A", "B")));
    }

    @Test
    void trustDomainThatCannotBeInAnIdentityIsRefused() {
        assertThatThrownBy(() -> Decoders.roots(in("""
                        {"TrustDomain":"td|.*","Roots":[{"RootCert":"A"}]}"""))).hasMessage("not a trust domain: td|.*");
    }

    @Test
    void noRootIsAnError() {
        assertThatThrownBy(() -> Decoders.roots(in("{\"Roots\":[]}"))).hasMessageContaining("is connect enabled");
    }

    @Test
    void nullInPlaceOfIntentionsIsNone() throws IOException {
        assertThat(Decoders.intentions(in("{\"redis\":null}"), "redis")).isEmpty();
    }

    @Test
    void intentionKeepsConsulsWords() throws IOException {
        assertThat(Decoders.intentions(in("""
                        {"api":[{"SourceNS":"default","SourceName":"web","SourceType":"consul","Action":"allow",
                          "JWT":{"Providers":[{"Name":"okta"}]},"Precedence":9},
                         {"SourceNS":"default","SourceName":"p","SourcePeer":"other","Permissions":[{"Action":"allow"}],
                          "Precedence":8}]}"""), "api"))
                .containsExactly(
                        new Intention("web", "default", "", "", "", "allow", false, true, 9),
                        new Intention("p", "default", "", "other", "", "", true, false, 8));
    }

    @Test
    void chainHasProtocol() throws IOException {
        assertThat(Decoders.discoveryChain(in("{\"Chain\":{\"Protocol\":\"grpc\",\"Default\":true}}")))
                .isEqualTo(new DiscoveryChain(Protocol.GRPC, "grpc", true, Optional.empty()));
    }

    /** As Consul compiles it. */
    @Test
    void chainTellsWhereAResolverRedirects() throws IOException {
        String chain = """
                {"Chain":{"ServiceName":"api","Namespace":"default","Datacenter":"dc1","Protocol":"http","Default":false,
                 "StartNode":"resolver:%1$s",
                 "Nodes":{"resolver:%1$s":{"Type":"resolver","Name":"%1$s","Resolver":{"Target":"%1$s"}}},
                 "Targets":{"%1$s":{"ID":"%1$s","Service":"%2$s","Datacenter":"%3$s"}}}}""";
        assertThat(redirect(chain.formatted("api-v2.default.dc1", "api-v2", "dc1")))
                .contains("api-v2");
        assertThat(redirect(chain.formatted("api.default.dc2", "api", "dc2"))).contains("api in datacenter dc2");
        assertThat(redirect(chain.formatted("api.default.dc1", "api", "dc1"))).isEmpty();
        assertThat(redirect(chain.formatted("x.default.dc1", "x\\\" y", "dc1"))).contains("another");
    }

    private static Optional<String> redirect(String chain) throws IOException {
        return Decoders.discoveryChain(in(chain)).redirect();
    }

    @Test
    void endpointIsTheServicesAddressOrElseItsNodes() throws IOException {
        assertThat(Decoders.endpoints(in("""
                        [{"Node":{"Address":"10.0.0.1"},"Service":{"Address":"10.1.0.9","Port":20000},"Checks":[{}]},
                         {"Node":{"Address":"fd00::1"},"Service":{"Address":"","Port":20001}}]""")))
                .containsExactly(new Endpoint("10.1.0.9", 20000), new Endpoint("fd00::1", 20001));
    }

    @Test
    void oddRegistrationIsLeftOutAndTheOthersStay() throws IOException {
        assertThat(Decoders.endpoints(in("""
                        [{"Service":{"Address":"redis.example","Port":20000}},
                         {"Service":{"Address":"10.1.0.9","Port":0}},
                         {"Service":{"Address":"fe80::1%eth0","Port":20000}},
                         {"Service":{"Address":"999.9.9.9","Port":20000}},
                         {"Service":{"Address":"0.0.0.0","Port":20000}},
                         {"Service":{"Address":"[fd00::1]","Port":20000}},
                         {"Service":{"Address":"10.1.0.9","Port":20000}}]"""))).containsExactly(new Endpoint("10.1.0.9", 20000));
    }

    @Test
    void emptyListsAreEmpty() throws IOException {
        assertThat(Decoders.endpoints(in("[]"))).isEmpty();
        assertThat(Decoders.endpoints(in("null"))).isEmpty();
    }

    @Test
    void documentThatBreaksOffIsAnError() {
        assertThatThrownBy(() -> Decoders.endpoints(in("[{\"Service\":{\"Address\":\"10.1.0.9\"")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Decoders.endpoints(in("{\"error\":1}"))).hasMessage("expected a JSON array");
    }

    private static InputStream in(String json) {
        return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    }
}
