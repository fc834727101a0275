package io.hamesh.operator.consul;

/** Consul understood and said no: the same call will be refused again until somebody changes something. */
public final class ConsulRefusedException extends ConsulException {
    private final int status;
    private final String reason;

    public ConsulRefusedException(int status, String reason) {
        super("Consul refused (HTTP " + status + "): " + reason);
        this.status = status;
        this.reason = reason;
    }

    /** The HTTP status of the answer; 409 for a transaction. */
    public int status() {
        return status;
    }

    /** Consul's own words. */
    public String reason() {
        return reason;
    }
}
