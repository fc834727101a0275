package io.hamesh.testbed.cluster;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** One question to a DNS server: does this name have an IPv4 address (RFC 1035, section 4)? */
final class DnsProbe {
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final int PORT = 53;
    private static final int ANSWER_COUNT = 6;

    private DnsProbe() {}

    static boolean resolves(String server, String name) {
        var question = question(name);
        var answer = new byte[512];
        try (var socket = new DatagramSocket()) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(InetAddress.getByName(server), PORT);
            socket.send(new DatagramPacket(question, question.length));
            var packet = new DatagramPacket(answer, answer.length);
            socket.receive(packet);
            return packet.getLength() > question.length && answer[ANSWER_COUNT] + answer[ANSWER_COUNT + 1] > 0;
        } catch (IOException e) {
            return false;
        }
    }

    static byte[] question(String name) {
        var bytes = new ByteArrayOutputStream();
        // Id 1; recursion desired; one question, no records.
        bytes.writeBytes(new byte[] {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (var label : name.split("\\.", -1)) {
            bytes.write(label.length());
            bytes.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        // End of the name; type A; class IN.
        bytes.writeBytes(new byte[] {0, 0, 1, 0, 1});
        return bytes.toByteArray();
    }
}
