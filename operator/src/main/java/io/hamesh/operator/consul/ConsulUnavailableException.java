package io.hamesh.operator.consul;

/** Consul was not reached, has no leader, or asks to slow down: the same call may work later. */
public final class ConsulUnavailableException extends ConsulException {
    public ConsulUnavailableException(String message) {
        super(message);
    }

    ConsulUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
