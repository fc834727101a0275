package io.hamesh.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import io.hamesh.testbed.host.Checkout;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks the HAProxy of one replica of the operator for a review of one Pod, over connections that are kept. The API server
 * asks whichever replica its connections happen to lead to.
 */
final class ReviewClient {
    private static final int PROXY = 9443;

    /** Where HAProxies of other replicas ask: one hop less, and none of the repetition. */
    private static final int REPLICA = 9444;

    /** As long as the API server waits. */
    private static final int PATIENCE_MILLIS = 10_000;

    private final URL url;
    private final SSLSocketFactory tls;
    private final byte[] review;

    private ReviewClient(URL url, SSLSocketFactory tls, byte[] review) {
        this.url = url;
        this.tls = tls;
        this.review = review;
    }

    static ReviewClient asApiServer(Scene scene, Pod operator) {
        return of(scene, operator, PROXY, clientConfig(scene, "service.path"));
    }

    static ReviewClient asReplica(Scene scene, Pod operator) {
        return of(scene, operator, REPLICA, "/inject", TlsCaller.keys(certificate(scene)));
    }

    private static ReviewClient of(Scene scene, Pod operator, int port, String path, KeyManager... keys) {
        String ip = operator.getStatus().getPodIP();
        String host = ip.contains(":") ? "[" + ip + "]" : ip;
        Path review = Checkout.find(Map.of(), Path.of("")).at("operator/src/main/resources/self-review/pod.json");
        try {
            return new ReviewClient(
                    URI.create("https://" + host + ":" + port + path).toURL(),
                    tls(clientConfig(scene, "caBundle"), keys),
                    Files.readAllBytes(review));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The answer; asked once, as the API server asks once. */
    String ask() throws IOException {
        HttpsURLConnection connection = (HttpsURLConnection) url.openConnection();
        connection.setSSLSocketFactory(tls);
        connection.setHostnameVerifier((name, session) -> true); // the certificate has the Service's name
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(review.length); // Java repeats any other POST by itself
        try (OutputStream out = connection.getOutputStream()) {
            out.write(review);
        }
        try (InputStream in = connection.getInputStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String clientConfig(Scene scene, String field) {
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
    private static PemPair certificate(Scene scene) {
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
    private static SSLSocketFactory tls(String bundle, KeyManager... keys) throws IOException {
        try {
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
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
