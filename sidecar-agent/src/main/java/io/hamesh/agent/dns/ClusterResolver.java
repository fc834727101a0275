package io.hamesh.agent.dns;

import io.hamesh.model.ClusterDns;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Asks the cluster's DNS first, and the pod's own where that knows nothing or does not answer. */
final class ClusterResolver implements InetAddressResolver {
    private static final int DNS = 53;
    private static final int PATIENCE_MILLIS = 1000;
    private static final int TRIES = 2;
    private static final int LONGEST_ANSWER = 4096;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ClusterDns cluster;
    private final InetAddressResolver pod;
    private final int port;

    ClusterResolver(ClusterDns cluster, InetAddressResolver pod) {
        this(cluster, pod, DNS);
    }

    ClusterResolver(ClusterDns cluster, InetAddressResolver pod, int port) {
        this.cluster = cluster;
        this.pod = pod;
        this.port = port;
    }

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
        List<InetAddress> found = inCluster(host, policy);
        return found.isEmpty() ? pod.lookupByName(host, policy) : found.stream();
    }

    private List<InetAddress> inCluster(String host, LookupPolicy policy) {
        try {
            for (String name : cluster.candidates(host)) {
                List<InetAddress> found = addresses(name, policy);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        } catch (IOException e) {
            return List.of(); // the pod's own DNS says what to tell
        }
        return List.of();
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
        return pod.lookupByAddress(address);
    }

    private List<InetAddress> addresses(String name, LookupPolicy policy) throws IOException {
        List<InetAddress> found = new ArrayList<>();
        if ((policy.characteristics() & LookupPolicy.IPV4) != 0) {
            found.addAll(ask(name, DnsMessage.A));
        }
        if ((policy.characteristics() & LookupPolicy.IPV6) != 0) {
            found.addAll(ask(name, DnsMessage.AAAA));
        }
        return found;
    }

    private List<InetAddress> ask(String name, short type) throws IOException {
        DnsMessage question = DnsMessage.ask((short) RANDOM.nextInt(), name, type);
        IOException last = new UnknownHostException(name);
        for (int i = 0; i < TRIES; i++) {
            for (String nameserver : cluster.nameservers()) {
                try {
                    return question.addresses(answer(question, InetAddress.ofLiteral(nameserver)));
                } catch (IOException e) {
                    last = e;
                }
            }
        }
        throw last;
    }

    private ByteBuffer answer(DnsMessage question, InetAddress nameserver) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(nameserver, port));
            byte[] bytes = question.bytes();
            socket.send(new DatagramPacket(bytes, bytes.length));
            long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
            while (true) {
                socket.setSoTimeout(Math.max(1, (int) ((deadline - System.nanoTime()) / 1_000_000L)));
                DatagramPacket packet = new DatagramPacket(new byte[LONGEST_ANSWER], LONGEST_ANSWER);
                socket.receive(packet);
                ByteBuffer answer = ByteBuffer.wrap(packet.getData()).limit(packet.getLength());
                if (question.isAnsweredBy(answer)) {
                    return answer;
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException(nameserver + " answers something else");
                }
            }
        }
    }
}
