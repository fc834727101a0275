package io.hamesh.agent.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamesh.agent.log.Log;
import io.hamesh.agent.snapshot.Endpoint;
import io.hamesh.agent.snapshot.MeshSnapshot;
import io.hamesh.agent.snapshot.PodAddresses;
import io.hamesh.agent.snapshot.SnapshotAssembler;
import io.hamesh.agent.snapshot.SourceVerdict;
import io.hamesh.agent.snapshot.UpstreamState;
import io.hamesh.model.Protocol;
import io.hamesh.model.ServiceSettings;
import io.hamesh.model.Upstream;
import io.hamesh.testbed.RealConsul;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** What the agent follows, against a Consul that says it itself. */
@EnabledIf("io.hamesh.testbed.RealConsul#exists")
class RealConsulTest {
    private final Log log =
            new Log(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), Clock.systemUTC());
    private final ServiceSettings service = ServiceSettings.named("www")
            .port(OptionalInt.of(8080))
            .protocol(Protocol.HTTP)
            .upstreams(List.of(new Upstream("redis", 6379), new Upstream("api", 9000)))
            .build();
    private final SnapshotAssembler assembler =
            new SnapshotAssembler(service, new PodAddresses(List.of("10.0.0.9"), false));

    private ConsulWatches watches(RealConsul consul) {
        return new ConsulWatches(
                new ConsulClient(consul.address(), Duration.ofMinutes(5), log, InstantSource.system()),
                assembler,
                log,
                InstantSource.system());
    }

    @Test
    void followsConsulFromBeforeItsStartAndAcrossItsDeath(@TempDir Path folder) throws IOException {
        try (RealConsul consul = new RealConsul(folder);
                ConsulWatches watches = watches(consul)) {
            watches.follow(service);
            assertThat(watches.contact()).isEqualTo(Instant.EPOCH);
            Instant start = Instant.now();
            consul.start();

            // Nobody registered anything: identity, roots, no intention, upstreams that do not exist yet.
            MeshSnapshot first = awaitSnapshot(snapshot -> true);
            await().untilAsserted(() -> assertThat(watches.contact()).isBetween(start, Instant.now()));
            assertThat(first.leaf().identity().service()).isEqualTo("www");
            assertThat(first.leaf().validBefore()).isAfter(Instant.now());
            assertThat(first.policy().sources()).isEmpty();
            assertThat(first.upstreams())
                    .allSatisfy(upstream -> assertThat(upstream.endpoints()).isEmpty())
                    .extracting(UpstreamState::protocol)
                    .containsOnly(Protocol.TCP);

            consul.put("/v1/config", """
                    {"Kind":"service-intentions","Name":"*","Sources":[{"Name":"web","Action":"allow"}]}""");
            awaitSnapshot(snapshot -> snapshot.policy().on("web") == SourceVerdict.ALLOW);
            consul.put("/v1/config", """
                    {"Kind":"service-intentions","Name":"www",
                     "Sources":[{"Name":"api","Action":"allow"},{"Name":"*","Action":"deny"}]}""");
            awaitSnapshot(snapshot -> snapshot.policy().on("web") == SourceVerdict.DENY
                    && snapshot.policy().on("api") == SourceVerdict.ALLOW);

            consul.put("/v1/config", """
                    {"Kind":"service-resolver","Name":"api","Redirect":{"Service":"api-v2"}}""");
            awaitSnapshot(snapshot -> snapshot.upstreams().getLast().redirect().equals(Optional.of("api-v2")));
            consul.put("/v1/config", """
                    {"Kind":"service-resolver","Name":"api","ConnectTimeout":"5s"}""");
            awaitSnapshot(snapshot -> snapshot.upstreams().getLast().redirect().isEmpty());

            consul.put("/v1/config", """
                    {"Kind":"service-defaults","Name":"api","Protocol":"grpc"}""");
            awaitSnapshot(snapshot -> snapshot.upstreams().getLast().protocol() == Protocol.GRPC);

            register(consul, "10.0.0.1");
            awaitSnapshot(
                    snapshot -> snapshot.upstreams().getFirst().endpoints().equals(endpoints("10.0.0.1")));

            consul.kill();
            consul.start();
            register(consul, "10.0.0.2");
            awaitSnapshot(
                    snapshot -> snapshot.upstreams().getFirst().endpoints().equals(endpoints("10.0.0.1", "10.0.0.2")));
        }
    }

    /** Nobody writes anything anew here: what is left is what the agent holds on to by itself. */
    @Test
    void consulThatLostItsDataIsFollowedIntoItsTrustDomainAndDoubted(@TempDir Path folder) throws IOException {
        try (RealConsul consul = new RealConsul(folder);
                ConsulWatches watches = watches(consul)) {
            consul.start();
            register(consul, "10.0.0.1");
            consul.put("/v1/config", """
                    {"Kind":"service-intentions","Name":"www","Sources":[{"Name":"web","Action":"allow"}]}""");
            watches.follow(service);
            MeshSnapshot before = awaitSnapshot(snapshot -> snapshot.policy().on("web") == SourceVerdict.ALLOW
                    && snapshot.upstreams().getFirst().endpoints().equals(endpoints("10.0.0.1")));

            consul.loseData();
            consul.start();
            MeshSnapshot after =
                    awaitSnapshot(snapshot -> snapshot.trustDomains().former().isPresent());
            assertThat(after.trustDomains().former())
                    .contains(before.leaf().identity().trustDomain());
            assertThat(after.roots()).hasSize(2).containsAll(before.roots());
            MeshSnapshot moved = awaitSnapshot(snapshot -> snapshot.leaf()
                    .identity()
                    .trustDomain()
                    .equals(snapshot.trustDomains().own()));
            assertThat(moved.policy().on("web")).isEqualTo(SourceVerdict.ALLOW);
            assertThat(moved.upstreams().getFirst().endpoints()).isEqualTo(endpoints("10.0.0.1"));
        }
    }

    @Test
    void intentionThatCannotBeEnforcedDeniesItsSource(@TempDir Path folder) throws IOException {
        try (RealConsul consul = new RealConsul(folder);
                ConsulWatches watches = watches(consul)) {
            watches.follow(service);
            consul.start();
            consul.put("/v1/config", """
                    {"Kind":"service-defaults","Name":"www","Protocol":"http"}""");
            consul.put("/v1/config", """
                    {"Kind":"jwt-provider","Name":"okta","Issuer":"x",
                     "JSONWebKeySet":{"Local":{"JWKS":"eyJrZXlzIjpbXX0="}}}""");
            consul.put("/v1/config", """
                    {"Kind":"service-intentions","Name":"www","JWT":{"Providers":[{"Name":"okta"}]},
                     "Sources":[{"Name":"web","Action":"allow"},
                      {"Name":"api","Permissions":[{"Action":"allow","HTTP":{"PathPrefix":"/"}}]}]}""");
            MeshSnapshot snapshot =
                    awaitSnapshot(newest -> newest.policy().sources().size() == 2);
            assertThat(snapshot.policy().sources().values()).containsOnly(SourceVerdict.DENY);
        }
    }

    private static void register(RealConsul consul, String address) {
        consul.put("/v1/catalog/register", """
                {"Node":"node-%1$s","Address":"192.0.2.1","Service":{"Kind":"connect-proxy","ID":"redis-proxy",
                 "Service":"redis-sidecar-proxy","Address":"%1$s","Port":20000,
                 "Proxy":{"DestinationServiceName":"redis"}}}""".formatted(address));
    }

    private static List<Endpoint> endpoints(String... addresses) {
        return List.of(addresses).stream()
                .map(address -> new Endpoint(address, 20000))
                .toList();
    }

    private MeshSnapshot awaitSnapshot(Predicate<MeshSnapshot> expected) {
        return await().atMost(Duration.ofSeconds(60))
                .until(
                        () -> assembler.awaitOtherThan(Optional.empty(), Duration.ZERO),
                        newest -> newest.filter(expected).isPresent())
                .orElseThrow();
    }
}
