package io.hamesh.agent.consul;

/** Why Consul gave no answer. The message is for a log: what failed and Consul's own words. */
abstract sealed class ConsulException extends Exception {
    private ConsulException(String message, Throwable cause) {
        super(message, cause);
    }

    private ConsulException(String message) {
        super(message);
    }

    /** No connection came about. {@link ConsulLink} has said so already, and paces the next attempt. */
    static final class Unreachable extends ConsulException {
        Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The link was lost since the index was given: whoever answers now may have lower ones, and would hold it for minutes. */
    static final class Outdated extends ConsulException {
        Outdated() {
            super("the link was lost meanwhile");
        }
    }

    /** There was a connection, and no answer that can be read. */
    static final class Broken extends ConsulException {
        Broken(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** Consul answered with an HTTP error. */
    static final class Refused extends ConsulException {
        private final int status;

        Refused(int status, String message) {
            super(message);
            this.status = status;
        }

        /** Whether it is the question that Consul refuses (access, too many connections): haste will not help. */
        boolean isOurs() {
            return status >= 400 && status < 500;
        }
    }
}
