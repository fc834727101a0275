package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.MeshPorts;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may speak to a pod from the network: only the identity that an intention allows, only through the mesh port. */
@EndToEnd
class InboundIdentityIT {
    private static final int REDIS_PORT = 6379;
    private static final String PING = "PING\r";

    private static Scene scene;
    private static RunningPod redis;
    private static Caller neighbour;
    private static String web;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        String service = scene.service("redis");
        web = scene.service("web");
        List<RunningPod> pods = scene.start(AppPod.redis("redis", service), AppPod.caller("neighbour"));
        redis = pods.get(0);
        neighbour = pods.get(1).caller();
        scene.apply(Intention.to(service).allowing(web));
        Eventually.that("the allowed identity to pass", () -> assertThat(answerTo(() -> leafOf(web)))
                .contains("+PON"));
    }

    @Test
    void applicationsOwnPortIsClosedToTheNetwork() {
        assertThat(neighbour.lineTo(redis.ip(), REDIS_PORT, PING).ended()).isEqualTo("ECONNREFUSED");
        assertThat(neighbour.lineTo(redis.ip(), MeshPorts.INBOUND, PING).connected())
                .as("the mesh port of the same pod")
                .isTrue();
    }

    @Test
    void clientWithoutCertificateIsRefused() {
        assertRefused(TlsCaller::withoutCertificate);
    }

    @Test
    void clientOfAnotherAuthorityIsRefusedThoughItBearsTheAllowedName() {
        String allowed = scene.consul().identity(web).uri();
        Authority stranger = new Authority("stranger", scene.consul().trustDomain());
        assertRefused(() -> TlsCaller.with(stranger.leaf("CN=" + web, Authority.uri(allowed))));
    }

    @Test
    void clientWithTheCertificateOfAnotherServiceIsRefused() {
        String other = scene.service("other");
        assertRefused(() -> leafOf(other));
    }

    @Test
    void clientWithoutTlsIsRefused() {
        assertThat(neighbour.lineTo(redis.ip(), MeshPorts.INBOUND, PING).received())
                .isEmpty();
        assertThat(answerTo(() -> leafOf(web))).as("the allowed identity").contains("+PON");
    }

    private static void assertRefused(Supplier<TlsCaller> client) {
        assertThat(answerTo(client)).isEmpty();
        assertThat(answerTo(() -> leafOf(web))).as("the allowed identity").contains("+PON");
    }

    private static Optional<String> answerTo(Supplier<TlsCaller> client) {
        return client.get().line(redis.address(MeshPorts.INBOUND), PING);
    }

    private static TlsCaller leafOf(String service) {
        return TlsCaller.with(scene.consul().leaf(service));
    }
}
