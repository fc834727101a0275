package io.hamesh.operator;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.hamesh.operator.OpsServer.Answer;
import io.hamesh.operator.consul.ConsulGateway;
import io.hamesh.operator.health.Health;
import io.hamesh.operator.intention.IntentionSettings;
import io.hamesh.operator.intention.IntentionSettings.DefaultPolicy;
import io.hamesh.operator.intention.Intentions;
import io.hamesh.operator.ownership.Ownership;
import io.hamesh.operator.registration.OtherServices;
import io.hamesh.operator.registration.Registration;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One replica of the operator: its parts, and the order in which they start and stop. */
final class OperatorProcess {
    private static final Logger LOG = LoggerFactory.getLogger(OperatorProcess.class);
    private static final int OPS_PORT = 8080;
    private static final int LEASE_LOST = 3;

    /** How long the API server may go on asking a replica that says that it leaves: endpoints take a moment to follow. */
    private static final Duration DRAIN = Duration.ofSeconds(5);

    /** Past this another replica may lead: what still writes then has to be stopped the hard way. */
    private static final Duration STEP_DOWN = Leadership.LEASE_DURATION.minus(Leadership.RENEW_DEADLINE);

    private final OperatorSettings settings;

    /** A call to an API server that is away ends within a minute; whoever made it tries again. */
    private final KubernetesClient client = new KubernetesClientBuilder()
            .withConfig(new ConfigBuilder(Config.autoConfigure(null))
                    .withRequestRetryBackoffLimit(3)
                    .build())
            .build();

    private final Health health = new Health();
    private final Metrics metrics = new Metrics();
    private final Ownership ownership;
    private final Intentions intentions;
    private final Admission admission;
    private final LeaderTasks leaderTasks;
    private final Leadership leadership;
    private final OpsServer ops;

    OperatorProcess(OperatorSettings settings) throws IOException, GeneralSecurityException {
        this.settings = settings;
        ConsulGateway consul = new ConsulGateway(settings.consulAddress(), metrics.registry());
        ownership = new Ownership(client, consul, settings.ownership(), health);
        intentions = new Intentions(client, consul, ownership, intentionSettings(settings), metrics.registry(), health);
        admission = new Admission(settings, identity(), client, intentions, ownership, metrics, health);
        var registration = new Registration(client, consul, ownership, settings.cluster(), metrics.registry(), health);
        ownership.among(registration::claimants);
        ownership.among(intentions::claimants);
        ownership.pinnedBy(intentions.pins());
        ownership.except(new OtherServices(
                consul, consul, settings.cluster(), settings.ownership().grantedOnly()));
        leaderTasks = new LeaderTasks(client, registration, ownership, intentions);
        leadership = new Leadership(client, settings.namespace(), identity(), health, this::leaseLost);
        metrics.observe(registration, ownership, leadership);
        ops = new OpsServer(OPS_PORT)
                .route("/metrics", () -> Answer.ok(metrics.scrape()))
                .route("/healthz", answer(health::wedged))
                .route("/readyz", answer(health::unready));
    }

    void start() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "shutdown"));
        ops.start();
        CompletableFuture<Void> known = intentions.start();
        ownership.start();
        admission.start();
        LOG.atInfo()
                .addKeyValue("cluster", settings.cluster())
                .addKeyValue("consul", settings.consulAddress())
                .log("operator started");
        known.join(); // who knows half of the intentions would admit, and write, one that an older one forbids
        admission.answer();
        leadership.start(leaderTasks::start);
    }

    /** Writing ends first and at once, for another replica to lead; answering ends last, when nobody asks any more. */
    private void stop() {
        long drained = System.nanoTime() + DRAIN.toNanos();
        LOG.info("shutting down");
        health.leave();
        admission.drain();
        leaderTasks.close();
        if (leaderTasks.areOver()) {
            leadership.close();
        } else {
            LOG.error("the tasks of the leader do not end, keeping the lease until it runs out");
        }
        sleepUntil(drained);
        admission.close();
        intentions.close();
        ownership.close();
        ops.close();
        client.close();
        LOG.info("ended");
    }

    /** The other replicas answer meanwhile; this one starts anew in its container. */
    private void leaseLost() {
        Thread.ofPlatform().daemon().name("step-down").start(() -> {
            sleepUntil(System.nanoTime() + STEP_DOWN.toNanos());
            if (!leaderTasks.areOver()) {
                LOG.error("the tasks of the leader did not end in time, leaving at once");
                Runtime.getRuntime().halt(LEASE_LOST);
            }
        });
        Runtime.getRuntime().exit(LEASE_LOST);
    }

    private static void sleepUntil(long nanoTime) {
        try {
            Thread.sleep(Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Supplier<Answer> answer(Supplier<List<String>> problems) {
        return () -> {
            List<String> found = problems.get();
            return found.isEmpty() ? Answer.ok("ok\n") : Answer.notYet(String.join("\n", found) + "\n");
        };
    }

    private static IntentionSettings intentionSettings(OperatorSettings settings) {
        DefaultPolicy policy =
                DefaultPolicy.valueOf(settings.intentionsDefault().toUpperCase(Locale.ROOT));
        return new IntentionSettings(settings.cluster(), settings.namespace(), policy);
    }

    /** The pod's name, which Kubernetes makes the host's too. */
    private static String identity() {
        return Optional.ofNullable(System.getenv("HOSTNAME"))
                .filter(name -> !name.isBlank())
                .orElseGet(() -> UUID.randomUUID().toString());
    }
}
