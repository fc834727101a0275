package io.hamesh.testbed.cli;

import io.hamesh.testbed.Platform;
import io.hamesh.testbed.host.Steps;
import io.hamesh.testbed.host.TestbedException;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The commands that people and scripts give. */
@Command(
        name = "deploy/testbed",
        description = "A real Kubernetes on this machine, for the tests and for trying HAmesh out.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
public final class TestbedCommand {
    private static final int NOT_RUNNING = 3;

    private final Steps steps = new Steps(System.err);
    private final PrintStream out = System.out;

    public static int execute(String... arguments) {
        return new CommandLine(new TestbedCommand())
                .setStopAtPositional(true)
                .setUnmatchedOptionsArePositionalParams(true)
                .setExecutionExceptionHandler(TestbedCommand::report)
                .execute(arguments);
    }

    @Command(description = "Bring the cluster up; nothing happens if it is.")
    int up() {
        var platform = Platform.find(steps);
        platform.up();
        steps.say("up; `deploy/testbed shell` has kubectl, or: export KUBECONFIG=" + platform.kubeconfig());
        return 0;
    }

    @Command(description = "Take the cluster down; what was built stays in the cache.")
    int down() {
        Platform.find(steps).down();
        return 0;
    }

    @Command(description = "Tell what runs, where, since when, and the disk space; exit status 3 if nothing runs.")
    int status() {
        var platform = Platform.find(steps);
        out.print(platform.status());
        return platform.isUp() ? 0 : NOT_RUNNING;
    }

    @Command(description = "Print the path of the cluster's kubeconfig.")
    int kubeconfig() {
        out.println(Platform.find(steps).kubeconfig());
        return 0;
    }

    @Command(description = "Open a shell that sees the cluster, with kubectl, helm and consul.")
    int shell() {
        return Platform.find(steps)
                .command(System.getenv().getOrDefault("SHELL", "/bin/bash"))
                .onTerminal();
    }

    @Command(description = "Build the project's images, load them, and print the Helm values file that names them.")
    int images() {
        var platform = Platform.find(steps);
        platform.buildImages();
        out.println(platform.helmValues());
        return 0;
    }

    @Command(description = "Build and load the images and install the chart; more arguments go to helm.")
    int install(@Parameters(arity = "0..*") @Nullable List<String> more) {
        Platform.find(steps).installHamesh(given(more).toArray(String[]::new));
        return 0;
    }

    @Command(description = "Run kubectl on the cluster.")
    int kubectl(@Parameters(arity = "0..*") @Nullable List<String> words) {
        return run("kubectl", words);
    }

    @Command(description = "Run helm on the cluster.")
    int helm(@Parameters(arity = "0..*") @Nullable List<String> words) {
        return run("helm", words);
    }

    private int run(String program, @Nullable List<String> words) {
        return Platform.find(steps).command(program).and(given(words)).onTerminal();
    }

    /** picocli hands over null where a person typed nothing more. */
    private static List<String> given(@Nullable List<String> words) {
        return words == null ? List.of() : words;
    }

    private static int report(Exception problem, CommandLine command, CommandLine.ParseResult arguments)
            throws Exception {
        if (problem instanceof TestbedException known) {
            command.getErr().println("deploy/testbed: " + known.getMessage());
            return 1;
        }
        throw problem;
    }
}
