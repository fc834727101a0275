package io.hamesh.agent.haproxy;

import java.io.IOException;

/** HAProxy's command line, of one process. */
interface Cli {
    /** The whole answer to one command; a payload goes with it, after {@code <<} and a line end. */
    String ask(String command) throws IOException;
}
