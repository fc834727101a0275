package io.hamesh.operator.consul;

/** Consul did not do what was asked. */
public abstract sealed class ConsulException extends RuntimeException
        permits ConsulUnavailableException, ConsulRefusedException {
    ConsulException(String message) {
        super(message);
    }

    ConsulException(String message, Throwable cause) {
        super(message, cause);
    }
}
