package io.hamesh.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.hamesh.testbed.host.Checkout;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** What the HAProxy in front of the operator costs. */
@EndToEnd
@Isolated("time is measured")
class FrontFootprintIT {
    private static final int FRONT = 9443;
    /** Where HAProxies of other replicas ask: one hop less, and none of the repetition. */
    private static final int REPLICA = 9444;

    private static final int WARM_UP = 200;
    private static final int REVIEWS = 1000;
    private static final double MEGABYTES = 40;
    private static final double MORE_MILLIS = Bound.of(5.0);

    private static Scene scene;
    private static String pod;
    private static String ip;
    private static byte[] review;

    @BeforeAll
    static void find(Scene given) throws IOException {
        scene = given;
        Pod any = Eventually.get(
                        "an operator's pod that is ready and stays",
                        () -> Operator.of(scene).pods().stream()
                                .filter(Readiness::isPodReady)
                                .filter(ready -> ready.getMetadata().getDeletionTimestamp() == null)
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
        pod = any.getMetadata().getName();
        ip = any.getStatus().getPodIP();
        review = Files.readAllBytes(
                Checkout.find(Map.of(), Path.of("")).at("operator/src/main/resources/self-review/pod.json"));
    }

    @Test
    void memoryStaysSmall() {
        double haproxy = Usage.of(scene.release(), pod, Operator.FRONT).megabytes();
        System.out.printf("[memory] HAProxy in front of the operator: %.1f MB%n", haproxy);
        assertThat(haproxy).isBetween(1.0, MEGABYTES);
    }

    /** One review as the API server asks it, one as another replica does, and so on, each over a connection that is kept. */
    @Test
    void reviewTakesLittleLonger() throws Exception {
        SSLSocketFactory apiServer = tls();
        SSLSocketFactory replica = tls(TlsCaller.keys(certificate()));
        String path = path();
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        for (int i = 0; i < WARM_UP + REVIEWS; i++) {
            double byHaproxy = millis(FRONT, path, apiServer);
            double straight = millis(REPLICA, "/inject", replica);
            if (i >= WARM_UP) {
                with.add(byHaproxy);
                without.add(straight);
            }
        }
        double more = median(with) - median(without);
        System.out.printf(
                "[latency] median of %d reviews: %.2f ms as the API server asks, %.2f ms as a replica does%n",
                REVIEWS, median(with), median(without));
        assertThat(more).isLessThan(MORE_MILLIS);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static double millis(int port, String path, SSLSocketFactory tls) throws IOException {
        long start = System.nanoTime();
        String host = ip.contains(":") ? "[" + ip + "]" : ip;
        URI uri = URI.create("https://" + host + ":" + port + path);
        HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
        connection.setSSLSocketFactory(tls);
        connection.setHostnameVerifier((name, session) -> true); // the certificate has the Service's name
        connection.setDoOutput(true);
        try (OutputStream out = connection.getOutputStream()) {
            out.write(review);
        }
        try (InputStream in = connection.getInputStream()) {
            assertThat(in.readAllBytes()).isNotEmpty();
        }
        return (System.nanoTime() - start) / 1e6;
    }

    private static String path() {
        return clientConfig("service.path");
    }

    private static String clientConfig(String field) {
        return scene.release()
                .run(
                        "get",
                        "mutatingwebhookconfiguration",
                        "hamesh",
                        "-o",
                        "jsonpath={.webhooks[0].clientConfig." + field + "}")
                .expectSuccess();
    }

    /** What the operators' HAProxies show each other. */
    private static PemPair certificate() {
        Map<String, String> data = scene.client()
                .secrets()
                .inNamespace(Scene.RELEASE)
                .withName("hamesh-webhook-tls")
                .require()
                .getData();
        return new PemPair(text(data.getOrDefault("tls.crt", "")), text(data.getOrDefault("tls.key", "")));
    }

    private static String text(String base64) {
        return new String(Base64.getDecoder().decode(base64), StandardCharsets.US_ASCII);
    }

    /** Trusts what the API server is told to trust. */
    private static SSLSocketFactory tls(KeyManager... keys) throws GeneralSecurityException, IOException {
        String bundle = clientConfig("caBundle");
        KeyStore roots = KeyStore.getInstance(KeyStore.getDefaultType());
        roots.load(null, null);
        var certificates = CertificateFactory.getInstance("X.509")
                .generateCertificates(
                        new ByteArrayInputStream(Base64.getDecoder().decode(bundle)));
        for (var certificate : certificates) {
            roots.setCertificateEntry("ca-" + roots.size(), certificate);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(roots);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, factory.getTrustManagers(), null);
        return context.getSocketFactory();
    }
}
