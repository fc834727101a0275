package io.hamesh.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a service speaks, in Consul's words ({@code service-defaults} {@code Protocol}). */
public enum Protocol {
    TCP,
    HTTP,
    HTTP2,
    GRPC;

    /** The value in annotations and in Consul: lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether requests can be told apart, so that L7 rules, retries of requests and status codes exist. */
    public boolean isHttpLike() {
        return this != TCP;
    }

    /** Whether only HTTP/2 is spoken. */
    public boolean isHttp2Only() {
        return this == HTTP2 || this == GRPC;
    }

    /** The protocol of that exact lower-case name, or empty. */
    public static Optional<Protocol> of(String id) {
        return Arrays.stream(values()).filter(p -> p.id().equals(id)).findFirst();
    }

    /** All names, for messages: {@code tcp, http, http2, grpc}. */
    public static String known() {
        return Arrays.stream(values()).map(Protocol::id).collect(Collectors.joining(", "));
    }
}
