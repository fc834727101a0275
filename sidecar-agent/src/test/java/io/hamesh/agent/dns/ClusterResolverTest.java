package io.hamesh.agent.dns;

import static java.net.spi.InetAddressResolver.LookupPolicy.IPV4;
import static java.net.spi.InetAddressResolver.LookupPolicy.IPV6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamesh.model.ClusterDns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A pod whose own DNS knows nothing of the cluster finds Consul, by a DNS server on loopback. */
class ClusterResolverTest {
    private static final String CONSUL = "hamesh-consul.hamesh-system";
    private static final InetAddressResolver.LookupPolicy BOTH = InetAddressResolver.LookupPolicy.of(IPV4 | IPV6);
    private static final Map<String, String> RECORDS = Map.of(
            "hamesh-consul.hamesh-system.svc.cluster.local", "10.96.0.7",
            "six.hamesh-system.svc.cluster.local", "fd00::7",
            "consul.example.org", "192.0.2.7");

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private DatagramSocket server;
    private int port;

    @BeforeEach
    void serve() throws IOException {
        server = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
        port = server.getLocalPort();
        DatagramSocket open = server;
        Thread.ofVirtual().start(() -> answer(open));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void nameOfTheClusterIsFoundThroughItsSearchDomains() throws UnknownHostException {
        assertThat(lookup(CONSUL)).containsExactly("10.96.0.7");
        assertThat(asked)
                .startsWith("hamesh-consul.hamesh-system.hamesh-system.svc.cluster.local")
                .endsWith("hamesh-consul.hamesh-system.svc.cluster.local");
    }

    @Test
    void wholeNameAndOtherFamilyAreFoundToo() throws UnknownHostException {
        assertThat(lookup("consul.example.org.")).containsExactly("192.0.2.7");
        assertThat(lookup("consul.example.org")).containsExactly("192.0.2.7");
        assertThat(lookup("six")).containsExactly("fd00:0:0:0:0:0:0:7");
    }

    @Test
    void whatTheClusterDoesNotKnowIsAskedOfThePodsOwn() throws UnknownHostException {
        assertThat(lookup("only-here")).containsExactly("198.51.100.1");
        assertThatThrownBy(() -> lookup("nowhere")).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void serverThatIsAwayLeavesThePodsOwn() throws UnknownHostException {
        server.close();
        assertThat(lookup("only-here")).containsExactly("198.51.100.1");
    }

    @Test
    void impossibleNameIsUnknown() {
        assertThatThrownBy(() -> lookup("a..b")).isInstanceOf(UnknownHostException.class);
    }

    private List<String> lookup(String name) throws UnknownHostException {
        ClusterDns dns = ClusterDns.parse("127.0.0.1 hamesh-system.svc.cluster.local,svc.cluster.local,cluster.local");
        return new ClusterResolver(dns, new PodsOwn(), port)
                .lookupByName(name, BOTH)
                .map(InetAddress::getHostAddress)
                .toList();
    }

    /** Knows one name, and none of the cluster. */
    private static final class PodsOwn implements InetAddressResolver {
        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
            if (host.equals("only-here")) {
                return Stream.of(InetAddress.ofLiteral("198.51.100.1"));
            }
            throw new UnknownHostException(host);
        }

        @Override
        public String lookupByAddress(byte[] address) throws UnknownHostException {
            throw new UnknownHostException();
        }
    }

    private void answer(DatagramSocket open) {
        try {
            while (!open.isClosed()) {
                DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                open.receive(packet);
                byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                open.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            }
        } catch (IOException e) {
            if (!open.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private byte[] answer(byte[] bytes) {
        ByteBuffer query = ByteBuffer.wrap(bytes);
        List<String> labels = new ArrayList<>();
        query.position(12);
        for (int length = query.get(); length != 0; length = query.get()) {
            byte[] label = new byte[length];
            query.get(label);
            labels.add(new String(label, StandardCharsets.US_ASCII));
        }
        short type = query.getShort();
        String name = String.join(".", labels);
        asked.add(name);
        byte[] address = RECORDS.containsKey(name)
                ? InetAddress.ofLiteral(RECORDS.get(name)).getAddress()
                : new byte[0];
        boolean has = address.length == (type == DnsMessage.A ? 4 : 16);
        int code = RECORDS.containsKey(name) ? 0 : 3;
        ByteBuffer answer = ByteBuffer.allocate(512).put(bytes);
        answer.putShort(2, (short) (0x8180 | code)).putShort(6, (short) (has ? 2 : 0));
        if (has) { // an alias before it, as for a name outside
            answer.putShort((short) 0xc00c)
                    .putShort((short) 5)
                    .putShort((short) 1)
                    .putInt(5);
            answer.putShort((short) 2).putShort((short) 0xc00c);
            answer.putShort((short) 0xc00c).putShort(type).putShort((short) 1).putInt(5);
            answer.putShort((short) address.length).put(address);
        }
        byte[] whole = new byte[answer.position()];
        answer.get(0, whole);
        return whole;
    }
}
