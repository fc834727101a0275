package io.hamesh.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.hamesh.operator.OpsServer.Answer;
import io.hamesh.operator.consul.ConsulGateway;
import io.hamesh.operator.injection.PodAdmission;
import io.hamesh.operator.injection.PodInjector;
import io.hamesh.operator.intention.IntentionSettings;
import io.hamesh.operator.intention.IntentionSettings.DefaultPolicy;
import io.hamesh.operator.intention.Intentions;
import io.hamesh.operator.registration.Registration;
import io.hamesh.operator.webhook.WebhookCertificates;
import io.hamesh.operator.webhook.WebhookServer;
import io.javaoperatorsdk.operator.Operator;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the operator: admission in every replica, writing to Consul in the one that leads. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int WEBHOOK_PORT = 9443;
    private static final int OPS_PORT = 8080;
    private static final String WEBHOOK_SERVICE = "hamesh-webhook";
    private static final String WEBHOOK_CONFIGURATIONS = "hamesh";
    private static final int WRONG_SETTINGS = 2;

    private Main() {}

    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        OperatorSettings settings;
        try {
            settings = OperatorSettings.fromEnvironment(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("wrong settings: " + e.getMessage()); // the log's own format may be what is wrong
            System.exit(WRONG_SETTINGS);
            return;
        }
        run(settings);
    }

    private static void run(OperatorSettings settings) throws IOException, GeneralSecurityException {
        KubernetesClient client = new KubernetesClientBuilder().build();
        ConsulGateway consul = new ConsulGateway(settings.consulAddress());
        Metrics metrics = new Metrics();
        var certificates =
                new WebhookCertificates(client, settings.namespace(), WEBHOOK_SERVICE, WEBHOOK_CONFIGURATIONS);
        var intentions = new Intentions(client, consul, intentionSettings(settings), metrics.registry());
        intentions.start();
        WebhookServer webhook = webhook(settings, metrics, certificates, intentions);
        var registration = new Registration(client, consul, settings.cluster());
        var leadership = new Leadership(client, settings.namespace(), identity());
        metrics.observe(registration, leadership, certificates);
        OpsServer ops = ops(metrics, certificates);
        var controller = controller(client, intentions);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            webhook.close();
            registration.close();
            if (leadership.isLeading()) {
                controller.stop();
            }
            intentions.close();
            leadership.close(); // last: until here nobody else may write
            certificates.close();
            ops.close();
            client.close();
        }));
        certificates.start();
        leadership.start(() -> {
            registration.start();
            controller.start();
        });
        LOG.info("operator started cluster={} consul={}", settings.cluster(), settings.consulAddress());
    }

    /** The framework takes no part in the election: it is started only where it is won. */
    private static Operator controller(KubernetesClient client, Intentions intentions) {
        var operator = new Operator(
                configuration -> configuration.withKubernetesClient(client).withCloseClientOnStop(false));
        operator.register(intentions.reconciler());
        return operator;
    }

    private static IntentionSettings intentionSettings(OperatorSettings settings) {
        DefaultPolicy policy =
                DefaultPolicy.valueOf(settings.intentionsDefault().toUpperCase(Locale.ROOT));
        return new IntentionSettings(settings.cluster(), settings.namespace(), policy);
    }

    private static WebhookServer webhook(
            OperatorSettings settings, Metrics metrics, WebhookCertificates certificates, Intentions intentions)
            throws IOException, GeneralSecurityException {
        var injection = new PodAdmission(new PodInjector(settings.mesh()));
        return new WebhookServer(WEBHOOK_PORT, certificates.context())
                .route("/inject", metrics.timed("inject", injection))
                .route("/validate-serviceintention", metrics.timed("validate-serviceintention", intentions.admission()))
                .start();
    }

    private static OpsServer ops(Metrics metrics, WebhookCertificates certificates) throws IOException {
        return new OpsServer(OPS_PORT)
                .route("/metrics", () -> Answer.ok(metrics.scrape()))
                .route("/healthz", () -> Answer.ok("ok\n"))
                .route(
                        "/readyz",
                        () -> certificates.areTrusted()
                                ? Answer.ok("ok\n")
                                : Answer.notYet("the webhook configurations do not trust the webhook yet\n"))
                .start();
    }

    /** The pod's name, which Kubernetes makes the host's too. */
    private static String identity() {
        return Optional.ofNullable(System.getenv("HOSTNAME"))
                .filter(name -> !name.isBlank())
                .orElseGet(() -> UUID.randomUUID().toString());
    }
}
