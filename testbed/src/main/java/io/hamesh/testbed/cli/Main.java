package io.hamesh.testbed.cli;

/** Entry of {@code deploy/testbed}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(TestbedCommand.execute(arguments));
    }
}
