package io.hamesh.operator;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hamesh.operator.consul.ConsulException;
import io.hamesh.operator.consul.ConsulGateway;
import io.hamesh.operator.removal.Purge;
import io.hamesh.operator.removal.Uninstall;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintStream;
import java.util.Map;

/** What the image does besides operating; settings come from the environment, as the operator's do. */
final class RemovalCommand {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int WRONG_USE = 2;
    static final int NOT_CONFIRMED = 3;

    /** What the chart wants a person to read at the end of an uninstallation. */
    static final String PARTING_WORDS = "HAMESH_PARTING_WORDS";

    private static final String USAGE = """
            usage: no argument     be the operator
                   uninstall       what `helm uninstall` runs first: stop the operator, and let go of what waits for it
                   purge [--yes]   remove from Consul what the installation %s wrote to %s; without --yes, only list it
            """.formatted(OperatorSettings.CLUSTER, OperatorSettings.CONSUL_ADDRESS);

    private RemovalCommand() {}

    /** Returns the exit status. */
    static int run(String[] arguments, Map<String, String> env, PrintStream out) {
        try {
            return switch (String.join(" ", arguments)) {
                case "uninstall" -> uninstall(env, out);
                case "purge" -> preview(purge(env, out), out);
                case "purge --yes" -> purge(purge(env, out), out);
                default -> {
                    out.print(USAGE);
                    yield WRONG_USE;
                }
            };
        } catch (IllegalArgumentException e) {
            out.println("wrong settings: " + e.getMessage());
            return WRONG_USE;
        } catch (ConsulException e) {
            out.println("not done: " + e.getMessage() + "; may be run again");
            return FAILED;
        }
    }

    private static int uninstall(Map<String, String> env, PrintStream out) {
        try (KubernetesClient client = new KubernetesClientBuilder().build()) {
            new Uninstall(client, OperatorSettings.namespace(env), out::println).run();
            out.println(env.getOrDefault(PARTING_WORDS, ""));
            return DONE;
        } catch (KubernetesClientException e) {
            out.println("not done: " + e.getMessage());
            out.println("`helm uninstall` may be run again; with --no-hooks it skips this, and leaves finalizers");
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    private static Purge purge(Map<String, String> env, PrintStream out) {
        ConsulGateway consul = new ConsulGateway(OperatorSettings.consulAddress(env), new SimpleMeterRegistry());
        return new Purge(consul, consul, consul, OperatorSettings.cluster(env), out::println);
    }

    private static int preview(Purge purge, PrintStream out) {
        int found = purge.preview();
        out.println("nothing was removed; with --yes, these " + found + " go");
        return NOT_CONFIRMED;
    }

    private static int purge(Purge purge, PrintStream out) {
        if (purge.run()) {
            out.println("nothing of this installation is left in Consul");
            return DONE;
        }
        out.println("some of it is still there: run this again, with the operator uninstalled");
        return FAILED;
    }
}
