package io.hamesh.testbed.host;

/** Something that the person at the keyboard has to know; the message says what to do. */
public final class TestbedException extends RuntimeException {
    public TestbedException(String message) {
        super(message);
    }

    public TestbedException(String message, Throwable cause) {
        super(message, cause);
    }
}
