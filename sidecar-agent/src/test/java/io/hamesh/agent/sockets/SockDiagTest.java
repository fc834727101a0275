package io.hamesh.agent.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The library and this machine's kernel. {@link ProcNet} has to tell the same. */
@EnabledIf("io.hamesh.agent.sockets.NativeLibrary#canBeMade")
class SockDiagTest {
    /** An answer about so many has several parts. */
    private static final int MANY = 300;

    private final SockDiag diag = new SockDiag();
    private final List<ServerSocketChannel> opened = new ArrayList<>();

    @BeforeAll
    static void load() throws IOException, InterruptedException {
        NativeLibrary.load();
    }

    @AfterEach
    void close() throws IOException {
        for (ServerSocketChannel channel : opened) {
            channel.close();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "INET, 0.0.0.0, false",
        "INET, 127.0.0.1, true",
        "INET, 127.0.0.53, true",
        "INET6, ::, false", // IPv4, too
        "INET6, ::1, true",
        "INET6, 127.0.0.1, true", // as ::ffff:127.0.0.1
        "INET6, 0.0.0.0, false"
    })
    void listenersOfBothFamiliesAreSeen(StandardProtocolFamily family, String address, boolean loopback)
            throws IOException {
        ListeningSocket expected = new ListeningSocket(listen(family, address), loopback, uid());
        assertThat(diag.listening()).contains(expected);
        assertThat(new ProcNet(Path.of("/proc/net")).listening()).contains(expected);
        close();
        assertThat(diag.listening()).doesNotContain(expected);
    }

    @Test
    void whatDoesNotListenIsNotSeen() throws IOException {
        int port = listen(StandardProtocolFamily.INET, "127.0.0.1");
        try (Socket bound = new Socket();
                Socket connected = new Socket(InetAddress.getLoopbackAddress(), port)) {
            bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThat(diag.listening())
                    .extracting(ListeningSocket::port)
                    .contains(port)
                    .doesNotContain(bound.getLocalPort(), connected.getLocalPort());
        }
    }

    @Test
    void manyListenersAreAllSeen() throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            ports.add(listen(StandardProtocolFamily.INET, "127.0.0.1"));
        }
        assertThat(diag.listening()).extracting(ListeningSocket::port).containsAll(ports);
    }

    @Test
    void looksLeaveNoDescriptorsBehind() throws IOException {
        long before = descriptors();
        for (int i = 0; i < 100; i++) {
            diag.listening();
        }
        assertThat(descriptors()).isLessThan(before + 100);
    }

    @Test
    void kernelThatHasNoSuchSocketSaysSo() {
        assertThatThrownBy(() -> new NetlinkSocket(31)).hasMessage("netlink socket: errno 93"); // EPROTONOSUPPORT
    }

    @Test
    void kernelThatHasNoSuchListSaysSo() throws IOException {
        byte[] room = new byte[NetlinkSocket.MOST_RECEIVED];
        try (NetlinkSocket kernel = new NetlinkSocket(4)) {
            kernel.send(ListenerDump.request((byte) 99));
            int length = kernel.receive(room);
            assertThatThrownBy(() -> new ListenerDump()
                            .read(ByteBuffer.wrap(room, 0, length).order(ByteOrder.nativeOrder())))
                    .hasMessageContaining("errno ");
        }
    }

    @Test
    void answerLargerThanTheRoomForItIsAnError() throws IOException {
        try (NetlinkSocket kernel = new NetlinkSocket(4);
                ServerSocket listening = new ServerSocket(0)) {
            assertThat(listening.isBound()).isTrue();
            kernel.send(ListenerDump.request((byte) 10));
            assertThatThrownBy(() -> kernel.receive(new byte[16])).hasMessage("netlink recv: errno 90"); // EMSGSIZE
            assertThatThrownBy(() -> kernel.send(new byte[1000])).hasMessage("netlink send: errno 90");
        }
    }

    private int listen(StandardProtocolFamily family, String address) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open(family);
        opened.add(channel);
        channel.bind(new InetSocketAddress(InetAddress.ofLiteral(address), 0));
        return ((InetSocketAddress) channel.getLocalAddress()).getPort();
    }

    private static int uid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static long descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
