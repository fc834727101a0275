package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamesh.model.Protocol;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An upstream that is not who it should be gets no byte of the request, whatever its certificate says. Consul's CA signs
 * with a root of ours here, so that the forgeries are signed by the mesh's own CA.
 */
@EndToEnd
@Isolated("the whole mesh moves to another root")
class UpstreamIdentityIT {
    private static final int PAY = 8080;
    private static final int LEDGER = 8081;
    private static final AtomicInteger PORTS = new AtomicInteger(21000);

    /** What a rogue endpoint presents in place of {@code wanted}'s certificate. */
    enum Forgery {
        GENUINE_LEAF_OF_ANOTHER_SERVICE {
            @Override
            PemPair certificate(String wanted, String hashName) {
                return scene.consul().leaf(scene.service("other"));
            }
        },
        HASH_NAME_AS_DNS_SAN {
            @Override
            PemPair certificate(String wanted, String hashName) {
                return authority.leaf("CN=other", other(), Authority.dns(hashName));
            }
        },
        HASH_NAME_AS_ONLY_SAN {
            @Override
            PemPair certificate(String wanted, String hashName) {
                return authority.leaf("CN=other", Authority.dns(hashName));
            }
        },
        HASH_NAME_AS_WILDCARD {
            @Override
            PemPair certificate(String wanted, String hashName) {
                String wildcard = "*" + hashName.substring(hashName.indexOf('.'));
                return authority.leaf("CN=other", other(), Authority.dns(wildcard));
            }
        },
        HASH_NAME_AS_COMMON_NAME {
            @Override
            PemPair certificate(String wanted, String hashName) {
                // A common name holds 64 characters at most in X.520; OpenSSL reads longer ones all the same.
                return authority.leaf("CN=" + hashName, other());
            }
        },
        TWO_IDENTITIES {
            @Override
            PemPair certificate(String wanted, String hashName) {
                return authority.leaf("CN=other", other(), Authority.uri(wanted));
            }
        },
        RIGHT_NAME_OF_ANOTHER_AUTHORITY {
            @Override
            PemPair certificate(String wanted, String hashName) {
                Authority stranger = new Authority("stranger", scene.consul().trustDomain());
                return stranger.leaf("CN=other", Authority.uri(wanted), Authority.dns(hashName));
            }
        };

        abstract PemPair certificate(String wanted, String hashName);
    }

    private static Scene scene;
    private static Authority authority;
    private static String pay;
    private static String ledger;
    private static RunningPod web;
    private static Rogue rogue;

    @BeforeAll
    static void start(Scene given) {
        scene = given;
        pay = scene.service("pay");
        ledger = scene.service("ledger");
        scene.consul().setProtocol(pay, Protocol.HTTP);
        List<RunningPod> pods = scene.start(
                AppPod.caller("web").inMeshAs(scene.service("web")).calling(pay + ":" + PAY, ledger + ":" + LEDGER),
                AppPod.rogue("rogue"));
        web = pods.get(0);
        rogue = pods.get(1).rogue();
        authority = new Authority("a root that the tests know", scene.consul().trustDomain());
        scene.consul().signWith(authority.root());
        Eventually.that(
                "the caller to trust the new root",
                () -> assertThat(web.proxy().trusts(authority.root())).isTrue());
    }

    @AfterAll
    static void leaveNothing() {
        scene.consul().deleteProtocol(pay);
        scene.consul().signWithNewRoot();
    }

    @ParameterizedTest
    @EnumSource
    void rogueHttpUpstreamGetsNoByte(Forgery forgery) {
        assertRefused(pay, forgery, () -> web.caller().get(PAY, "/secret").status());
    }

    @ParameterizedTest
    @EnumSource
    void rogueTcpUpstreamGetsNoByte(Forgery forgery) {
        assertRefused(ledger, forgery, () -> web.caller().line(LEDGER, "secret").received());
    }

    @Test
    void withoutTheShimNoUpstreamVerifiesNotEvenTheRightOne() {
        int port = serveLedger();
        try {
            Eventually.that("the pod's own HAProxy to reach the upstream", () -> assertThat(sentBy(LEDGER))
                    .isEqualTo("answered"));
            try (SecondProxy shimmed = SecondProxy.start(web, true)) {
                Eventually.that(
                        "a second HAProxy with the shim to reach it",
                        () -> assertThat(sentBy(shimmed.port(LEDGER))).isEqualTo("answered"));
            }
            Rogue.Seen before = rogue.seen(port);
            try (SecondProxy bare = SecondProxy.start(web, false)) {
                Eventually.that("a second HAProxy without the shim to have tried", () -> {
                    assertThat(sentBy(bare.port(LEDGER))).isEqualTo("closed");
                    assertThat(rogue.seen(port).refusals().size())
                            .isGreaterThanOrEqualTo(before.refusals().size() + 5);
                });
            }
            assertThat(rogue.seen(port).bytes()).isEqualTo(before.bytes());
        } finally {
            scene.consul().deregister("ledger-" + port);
        }
    }

    private static int serveLedger() {
        int port = PORTS.getAndIncrement();
        rogue.serve(port, authority.leaf("CN=" + ledger, Authority.uri(identity(ledger))));
        scene.consul().register("ledger-" + port, ledger, rogue.pod().ip(), port);
        return port;
    }

    private static String sentBy(int port) {
        return web.caller().line(port, "hello").ended();
    }

    private interface Call {
        Object make();
    }

    /** The forgery gets a connection and no byte; the same endpoint with the right certificate gets the request. */
    private static void assertRefused(String service, Forgery forgery, Call call) {
        String hashName = hashName(service);
        // Not the file itself: a failure would print the pod's secret.
        assertThat(web.proxy().file("haproxy.cfg").contains(hashName))
                .as("the forged name is the one that HAProxy asks for")
                .isTrue();
        PemPair certificate = forgery.certificate(identity(service), hashName);
        assertThat(bytesThatReached(service, certificate, call)).isZero();

        PemPair right = authority.leaf("CN=" + service, Authority.uri(identity(service)));
        assertThat(bytesThatReached(service, right, call))
                .as("the right certificate")
                .isPositive();
    }

    private static long bytesThatReached(String service, PemPair certificate, Call call) {
        int port = PORTS.getAndIncrement();
        rogue.serve(port, certificate);
        String id = service + "-" + port;
        scene.consul().register(id, service, rogue.pod().ip(), port);
        try {
            Eventually.that("a handshake of " + id + " to end", () -> {
                call.make();
                Rogue.Seen seen = rogue.seen(port);
                assertThat(seen.bytes() > 0 || seen.refusals().size() > 0).isTrue();
            });
            return rogue.seen(port).bytes();
        } finally {
            scene.consul().deregister(id);
        }
    }

    private static String identity(String service) {
        return scene.consul().identity(service).uri();
    }

    private static org.bouncycastle.asn1.x509.GeneralName other() {
        return Authority.uri(identity(scene.service("other")));
    }

    /** The name that the pod's HAProxy looks for, made of the pod's secret as nobody outside the pod could. */
    private static String hashName(String service) {
        String salt = web.proxy().file("salt").strip();
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest((salt + identity(service)).getBytes(StandardCharsets.US_ASCII));
            return "id." + HexFormat.of().formatHex(hash) + ".spiffe.invalid";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
