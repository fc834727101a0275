package io.hamesh.e2e;

import io.hamesh.testbed.Platform;
import io.hamesh.testbed.host.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The chart's release as a person handles it, with {@code helm} and with what the chart tells him. */
record Release(Platform platform) {
    private static final String[] NAMED = {Scene.RELEASE, "--namespace", Scene.RELEASE};

    /** This checkout's chart and images; settings as for {@code --set}. */
    void install(String... settings) {
        List<String> arguments = new ArrayList<>();
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        timed("helm install", () -> {
            platform.installHamesh(arguments.toArray(String[]::new));
            return "";
        });
    }

    /** Back to what was before the last upgrade. */
    void rollback() {
        timed("helm rollback", () -> platform.command("helm")
                .and("rollback")
                .and(NAMED)
                .and("--wait", "--timeout", "5m")
                .output());
    }

    /** What Helm says to an upgrade with these settings; fails if it goes through. */
    String refusedUpgrade(String... settings) {
        Command upgrade = platform.command("helm")
                .and("upgrade")
                .and(NAMED)
                .and(platform.chart().toString(), "--reuse-values");
        for (String setting : settings) {
            upgrade = upgrade.and("--set", setting);
        }
        Command.Result result = upgrade.run();
        if (result.ok()) {
            throw new AssertionError("upgraded to " + List.of(settings) + ": " + result.output());
        }
        return result.errors();
    }

    /** The embedded Consul as it is now. */
    Consul consul(Kubectl kubectl) {
        String ip = platform.client()
                .services()
                .inNamespace(Scene.RELEASE)
                .withName("hamesh-consul")
                .require()
                .getSpec()
                .getClusterIP();
        return new Consul("http://" + (ip.contains(":") ? "[" + ip + "]" : ip) + ":8500", kubectl.in(Scene.RELEASE));
    }

    /** The image that its Consul runs from. */
    String consulImage() {
        return platform.client()
                .apps()
                .statefulSets()
                .inNamespace(Scene.RELEASE)
                .withName("hamesh-consul")
                .require()
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getImage();
    }

    /** What {@code helm uninstall} said; what a hook says, Helm prints among its errors. */
    String uninstall() {
        return timed("helm uninstall", () -> {
            Command.Result result = platform.command("helm")
                    .and("uninstall")
                    .and(NAMED)
                    .and("--wait", "--timeout", "5m")
                    .run();
            if (!result.ok()) {
                throw new AssertionError(result.errors() + result.output());
            }
            return result.errors() + result.output();
        });
    }

    /** Runs exactly the command that the uninstallation printed. */
    String removeTheRest(String uninstallation) {
        String command = uninstallation
                .lines()
                .filter(line -> line.startsWith("  kubectl "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no command to remove the rest in: " + uninstallation));
        return timed(
                "the documented command for the rest",
                () -> platform.command("bash").and("-c", command.strip()).output());
    }

    /** As before the first installation, whatever there is now. */
    void removeEverything() {
        if (platform.command("helm").and("status").and(NAMED).run().ok()) {
            removeTheRest(uninstall());
        }
    }

    private static String timed(String what, Supplier<String> work) {
        long start = System.nanoTime();
        String said = work.get();
        System.out.printf("[time] %s: %d ms%n", what, (System.nanoTime() - start) / 1_000_000);
        return said;
    }
}
