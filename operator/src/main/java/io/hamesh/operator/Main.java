package io.hamesh.operator;

import java.io.IOException;
import java.security.GeneralSecurityException;

/** Starts the operator: admission in every replica, writing to Consul in the one that leads. */
public final class Main {
    private static final int WRONG_SETTINGS = 2;

    private Main() {}

    public static void main(String[] arguments) throws IOException, GeneralSecurityException {
        if (arguments.length > 0) {
            System.exit(RemovalCommand.run(arguments, System.getenv(), System.out));
        }
        OperatorSettings settings;
        try {
            settings = OperatorSettings.fromEnvironment(System.getenv());
        } catch (IllegalArgumentException e) {
            System.err.println("wrong settings: " + e.getMessage()); // the log's own format may be what is wrong
            System.exit(WRONG_SETTINGS);
            return;
        }
        new OperatorProcess(settings).start();
    }
}
