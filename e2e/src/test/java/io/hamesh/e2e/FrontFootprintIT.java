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
    private static final int OPERATOR = 9444;
    private static final int WARM_UP = 200;
    private static final int REVIEWS = 1000;
    private static final double MEGABYTES = 40;
    private static final double MORE_MILLIS = 5;

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

    /** One review by HAProxy, one straight to the operator, and so on, each over a connection that is kept. */
    @Test
    void reviewTakesLittleLonger() throws Exception {
        SSLSocketFactory trust = trust();
        List<Double> with = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        for (int i = 0; i < WARM_UP + REVIEWS; i++) {
            double byHaproxy = millis(FRONT, trust);
            double straight = millis(OPERATOR, trust);
            if (i >= WARM_UP) {
                with.add(byHaproxy);
                without.add(straight);
            }
        }
        double more = median(with) - median(without);
        System.out.printf(
                "[latency] median of %d reviews: %.2f ms by HAProxy, %.2f ms straight%n",
                REVIEWS, median(with), median(without));
        assertThat(more).isLessThan(MORE_MILLIS);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static double millis(int port, SSLSocketFactory trust) throws IOException {
        long start = System.nanoTime();
        String host = ip.contains(":") ? "[" + ip + "]" : ip;
        URI uri = URI.create("https://" + host + ":" + port + "/inject");
        HttpsURLConnection connection = (HttpsURLConnection) uri.toURL().openConnection();
        connection.setSSLSocketFactory(trust);
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

    /** What the API server is told to trust. */
    private static SSLSocketFactory trust() throws GeneralSecurityException, IOException {
        String bundle = scene.release()
                .run(
                        "get",
                        "mutatingwebhookconfiguration",
                        "hamesh",
                        "-o",
                        "jsonpath={.webhooks[0].clientConfig.caBundle}")
                .expectSuccess();
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
        context.init(null, factory.getTrustManagers(), null);
        return context.getSocketFactory();
    }
}
