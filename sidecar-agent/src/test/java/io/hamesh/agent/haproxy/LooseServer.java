package io.hamesh.agent.haproxy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.hamesh.agent.snapshot.Leaf;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * Somebody at an endpoint's address, with a certificate of the mesh, who keeps to no rule of it: he resumes his sessions
 * whenever he is asked to, and sends back what he receives.
 */
final class LooseServer implements AutoCloseable {
    private final SSLServerSocket server;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<String> received = new CopyOnWriteArrayList<>();

    LooseServer(int port, Leaf leaf) throws IOException, GeneralSecurityException {
        server = (SSLServerSocket)
                context(leaf).getServerSocketFactory().createServerSocket(port, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    open.add(socket);
                    Thread.ofVirtual().start(() -> echo(socket));
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    /** All that anybody sent him inside TLS. */
    String received() {
        return String.join("", received);
    }

    private void echo(Socket socket) {
        try (socket) {
            byte[] bytes = new byte[8192];
            for (int length = socket.getInputStream().read(bytes);
                    length > 0;
                    length = socket.getInputStream().read(bytes)) {
                received.add(new String(bytes, 0, length, ISO_8859_1));
                socket.getOutputStream().write(bytes, 0, length);
            }
        } catch (IOException refused) {
            // the caller does not want him
        }
    }

    private static SSLContext context(Leaf leaf) throws IOException, GeneralSecurityException {
        Certificate certificate = CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(leaf.certificatePem().getBytes(ISO_8859_1)));
        String der = leaf.privateKeyPem()
                .lines()
                .filter(line -> !line.startsWith("-----"))
                .collect(Collectors.joining());
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(der)));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, new char[0]);
        store.setKeyEntry("leaf", key, new char[0], new Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
