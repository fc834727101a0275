package io.hamesh.agent.haproxy.config;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The one message that a gRPC probe sends ({@code grpc.health.v1}), to the byte. */
final class HealthCheckRequest {
    /** Field 1, of type string. */
    private static final int SERVICE = 0x0a;

    private HealthCheckRequest() {}

    /** The request's whole body as HAProxy's {@code hex} spells it: gRPC's frame, not compressed, and the message. */
    static String hex(String service) {
        byte[] message = message(service.getBytes(StandardCharsets.UTF_8));
        byte[] frame = ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
        return HexFormat.of().withUpperCase().formatHex(frame);
    }

    private static byte[] message(byte[] service) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (service.length > 0) {
            out.write(SERVICE);
            int length = service.length;
            for (; length > 0x7f; length >>>= 7) {
                out.write((length & 0x7f) | 0x80);
            }
            out.write(length);
            out.writeBytes(service);
        }
        return out.toByteArray();
    }
}
