package io.hamesh.operator.webhook;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Serves the newest certificate to each new connection; open ones keep theirs. */
final class HotKeyManager extends X509ExtendedKeyManager {
    private record Current(ServingCertificate source, X509Certificate certificate, PrivateKey key) {}

    private static final String ALIAS = "webhook";

    private volatile @Nullable Current current;

    void serve(ServingCertificate certificate) throws GeneralSecurityException {
        current = new Current(certificate, certificate.certificate(), certificate.key());
    }

    boolean isServing() {
        return current != null;
    }

    Optional<Instant> end() {
        return Optional.ofNullable(current)
                .map(serving -> serving.certificate().getNotAfter().toInstant());
    }

    Optional<ServingCertificate> served() {
        return Optional.ofNullable(current).map(Current::source);
    }

    SSLContext context() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {this}, null, null);
        return context;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return current != null && "EC".equals(keyType) ? ALIAS : null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return chooseEngineServerAlias(keyType, issuers, null);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        Current now = current;
        return now == null ? null : new X509Certificate[] {now.certificate()};
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        Current now = current;
        return now == null ? null : now.key();
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
