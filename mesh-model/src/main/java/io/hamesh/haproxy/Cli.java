package io.hamesh.haproxy;

import java.io.IOException;

/** The command line of one HAProxy process. */
public interface Cli {
    /**
     * Sends one command and returns the whole answer, whatever it says.
     *
     * @param command may end with a payload, after {@code <<} and a line end
     * @throws IOException when HAProxy cannot be reached or does not answer
     */
    String ask(String command) throws IOException;
}
