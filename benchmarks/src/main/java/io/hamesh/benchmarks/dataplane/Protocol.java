package io.hamesh.benchmarks.dataplane;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** What caller and application speak; each has an application, and a pod for it, of its own. */
enum Protocol {
    HTTP(0),
    TCP(1),
    HTTP2(2),
    GRPC(3);

    private final int number;

    Protocol(int number) {
        this.number = number;
    }

    /** What its ports differ by, from 0 to 3. */
    int number() {
        return number;
    }

    /** As the load program, Consul and HAmesh's annotations call it. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where the application listens, in its own pod. */
    int appPort() {
        return 9001 + number;
    }

    /** A thing for each protocol, in their order. */
    static <T> Map<Protocol, T> forEach(Function<Protocol, T> make) {
        Map<Protocol, T> all = new EnumMap<>(Protocol.class);
        for (Protocol protocol : values()) {
            all.put(protocol, make.apply(protocol));
        }
        return all;
    }
}
