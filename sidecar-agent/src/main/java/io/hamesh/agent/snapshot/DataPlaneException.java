package io.hamesh.agent.snapshot;

/** The data plane did not take a snapshot. The message names the step, never a key or a certificate. */
public class DataPlaneException extends Exception {
    public DataPlaneException(String message) {
        super(message);
    }

    public DataPlaneException(String message, Throwable cause) {
        super(message, cause);
    }
}
