package io.hamesh.e2e;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/**
 * Speaks TLS to a pod's mesh port from outside the mesh, with a chosen certificate or none. With TLS 1.3 a server
 * refuses a client only after the client's handshake is done, so what counts is whether an answer comes back.
 */
final class TlsCaller {
    private static final char[] PASSWORD = new char[0];

    private final KeyManager[] identity;

    private TlsCaller(KeyManager... identity) {
        this.identity = identity;
    }

    static TlsCaller withoutCertificate() {
        return new TlsCaller();
    }

    static TlsCaller with(PemPair pair) {
        return new TlsCaller(keys(pair));
    }

    /** For a client that shows this certificate. */
    static KeyManager[] keys(PemPair pair) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, PASSWORD);
            store.setKeyEntry(
                    "me", privateKey(pair), PASSWORD, certificates(pair).toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, PASSWORD);
            return factory.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The line that came back for {@code line}, or empty where the connection was ended without one. */
    Optional<String> line(InetSocketAddress address, String line) {
        try (SSLSocket socket = connect(address)) {
            socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII);
            return Optional.of(answer).filter(text -> !text.isEmpty());
        } catch (java.net.SocketTimeoutException | java.net.ConnectException e) {
            throw new UncheckedIOException("no refusal but silence from " + address, e);
        } catch (IOException refused) {
            return Optional.empty();
        }
    }

    /** Who signed the certificate that the server there presents. */
    String issuerOf(InetSocketAddress address) {
        try (SSLSocket socket = connect(address)) {
            socket.startHandshake();
            X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return leaf.getIssuerX500Principal().getName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private SSLSocket connect(InetSocketAddress address) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(identity, new TrustManager[] {new TrustsAnybody()}, new SecureRandom());
            SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
            socket.setSoTimeout(5_000);
            socket.connect(address, 5_000);
            return socket;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<X509Certificate> certificates(PemPair pair) throws IOException, GeneralSecurityException {
        List<X509Certificate> chain = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(pair.certificates()))) {
            while (parser.readObject() instanceof X509CertificateHolder holder) {
                chain.add(new JcaX509CertificateConverter().getCertificate(holder));
            }
        }
        return chain;
    }

    private static PrivateKey privateKey(PemPair pair) throws IOException {
        try (PEMParser parser = new PEMParser(new StringReader(pair.privateKey()))) {
            JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
            return switch (parser.readObject()) {
                case PEMKeyPair keys -> converter.getKeyPair(keys).getPrivate();
                case PrivateKeyInfo key -> converter.getPrivateKey(key);
                case Object other -> throw new IOException("no private key but " + other.getClass());
            };
        }
    }

    /** The test is the caller: whom it reaches is not what it asks. */
    private static final class TrustsAnybody implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
