package io.hamesh.operator.webhook;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.webhookproxy.WebhookProxy;
import io.hamesh.operator.work.Loop;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps three things in step for as long as the operator runs: the Secret, what is served and answered, and what the
 * API server trusts and asks. One loop looks whenever one of them changed, and now and then for the clock's sake.
 */
public final class WebhookCertificates implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookCertificates.class);
    private static final Duration LOOK_EVERY = Duration.ofMinutes(1);
    private static final Duration RETRY = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofMinutes(10);

    private final CertificateSecret secret;
    private final CaBundles bundles;
    private final WebhookPaths paths;
    private final OperatorPods pods;
    private final WebhookProxy proxy;
    private final CertificateSwitch certificateSwitch = new CertificateSwitch();
    private final PathSwitch pathSwitch = new PathSwitch();
    private final HotKeyManager keys = new HotKeyManager();
    private final List<SharedIndexInformer<?>> watches;
    private final Loop loop;
    private volatile boolean trusted;

    /**
     * Nothing happens before {@link #start}.
     *
     * @param service the webhook's Service, whose cluster name the certificate is for
     * @param configurations the name of both webhook configurations, the mutating and the validating one
     * @param lifetime of each certificate; renewed after two thirds of it
     * @param proxy serves with the same certificates as the webhook server
     */
    public WebhookCertificates(
            KubernetesClient client,
            String namespace,
            String service,
            String configurations,
            Duration lifetime,
            WebhookProxy proxy,
            Health health) {
        this.proxy = proxy;
        this.secret = new CertificateSecret(client, namespace, service + "." + namespace + ".svc", lifetime);
        this.loop = new Loop("webhook-certificates", SILENCE, this::look, health);
        this.bundles = new CaBundles(client, configurations);
        this.paths = new WebhookPaths(client, configurations);
        this.pods = new OperatorPods(client, namespace);
        this.watches = watches(client, namespace, configurations);
    }

    /** What the webhook server serves with, from the first certificate on through all renewals. */
    public SSLContext context() throws GeneralSecurityException {
        return keys.context();
    }

    /** Whether the API server can call the webhook: a certificate is served, and both configurations trust it. */
    public boolean areTrusted() {
        return trusted && keys.isServing();
    }

    /** When what is served ends; empty before anything is. */
    public Optional<Instant> end() {
        return keys.end();
    }

    Optional<ServingCertificate> served() {
        return keys.served();
    }

    public WebhookCertificates start() {
        loop.start();
        watches.forEach(SharedIndexInformer::start);
        return this;
    }

    @Override
    public void close() {
        watches.forEach(SharedIndexInformer::stop);
        loop.close();
    }

    boolean isWatching() {
        return watches.stream().anyMatch(SharedIndexInformer::isWatching);
    }

    private List<SharedIndexInformer<?>> watches(KubernetesClient client, String namespace, String configurations) {
        var registrations = client.admissionRegistration().v1();
        List<SharedIndexInformer<?>> all = List.of(
                client.secrets()
                        .inNamespace(namespace)
                        .withName(CertificateSecret.NAME)
                        .runnableInformer(0)
                        .addEventHandler(new Changed<>()),
                registrations
                        .mutatingWebhookConfigurations()
                        .withName(configurations)
                        .runnableInformer(0)
                        .addEventHandler(new Changed<>()),
                registrations
                        .validatingWebhookConfigurations()
                        .withName(configurations)
                        .runnableInformer(0)
                        .addEventHandler(new Changed<>()));
        all.forEach(watch -> watch.exceptionHandler((started, error) -> true)); // try again, for ever
        return all;
    }

    /** One look at all three; says how long to pause after it. */
    private Duration look() {
        try {
            Instant now = Instant.now();
            ServingCertificate stored = secret.currentOrRenewed(now, certificateSwitch.served());
            Loop.signOfLife();
            proxy.trust(stored.caPem());
            boolean inPlace = bundles.put(stored.caPem());
            Loop.signOfLife();
            ServingCertificate served = inPlace ? certificateSwitch.trusted(stored, now) : stored;
            if (inPlace) {
                serve(served);
            }
            tell(inPlace);
            boolean settled = direct(stored, served, now);
            return inPlace && settled ? pause(now, stored) : RETRY;
        } catch (GeneralSecurityException | RuntimeException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("webhook certificate not in place, trying again");
            return RETRY;
        }
    }

    /** Answers what is asked, and has the right thing asked; says whether that will not change by itself soon. */
    private boolean direct(ServingCertificate stored, ServingCertificate served, Instant now) {
        var asked = paths.asked();
        Loop.signOfLife();
        boolean allCompareThePath = pods.allCompareThePath();
        Loop.signOfLife();
        var state = new PathSwitch.State(asked, PathToken.of(stored), PathToken.of(served), allCompareThePath);
        Set<Optional<PathToken>> answered = pathSwitch.answered(state, now);
        proxy.answer(
                answered.stream().flatMap(Optional::stream).map(PathToken::hash).toList(),
                answered.contains(Optional.<PathToken>empty()));
        pathSwitch.toWrite(state).ifPresent(token -> {
            paths.put(token);
            LOG.atInfo().addKeyValue("secret", token.isPresent()).log("webhook configurations have another path");
        });
        return pathSwitch.isSettled(state);
    }

    private void serve(ServingCertificate certificate) throws GeneralSecurityException {
        keys.serve(certificate);
        proxy.serve(certificate.certificatePem() + certificate.keyPem());
    }

    private void tell(boolean inPlace) {
        if (trusted != inPlace) {
            LOG.atInfo().addKeyValue("trusted", inPlace).log("webhook configurations trust the certificate");
        }
        trusted = inPlace;
    }

    private Duration pause(Instant now, ServingCertificate stored) throws GeneralSecurityException {
        Instant next = Stream.of(secret.renewalOf(stored), certificateSwitch.due(), now.plus(LOOK_EVERY))
                .min(Comparator.naturalOrder())
                .orElseThrow();
        Duration pause = Duration.between(now, next);
        return pause.isNegative() ? Duration.ZERO : pause;
    }

    private final class Changed<T extends HasMetadata> implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {
            loop.wake();
        }

        @Override
        public void onUpdate(T before, T after) {
            loop.wake();
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            loop.wake();
        }
    }
}
