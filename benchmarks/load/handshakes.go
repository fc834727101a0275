package main

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Handshakes are what servers chose, by how often, as it was seen on the wire.
type handshakes struct {
	Seen     int            `json:"seen"`
	Resumed  int            `json:"resumed"` // by TLS 1.3's pre-shared key
	Retried  int            `json:"retried"` // the caller had guessed another group: one more round trip
	Versions map[string]int `json:"versions"`
	Ciphers  map[string]int `json:"ciphers"`
	Groups   map[string]int `json:"groups"` // told in the clear by TLS 1.3 only
}

// handshakesCommand watches the TLS handshakes of whoever connects to a port of this network.
func handshakesCommand(arguments []string) (*handshakes, error) {
	flags := flag.NewFlagSet("handshakes", flag.ContinueOnError)
	port := flags.Int("port", 0, "the servers' port")
	count := flags.Int("count", 100, "how many to see")
	patience := flags.Duration("patience", 5*time.Second, "how long to wait for them; fewer are enough then")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM, int(hostToNetwork(unix.ETH_P_ALL)))
	if err != nil {
		return nil, fmt.Errorf("a socket for packets: %w", err)
	}
	defer func() { _ = unix.Close(socket) }()
	wake := unix.NsecToTimeval(int64(100 * time.Millisecond))
	if err := unix.SetsockoptTimeval(socket, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &wake); err != nil {
		return nil, err
	}
	seen := newHandshakes()
	packet := make([]byte, 1<<16)
	for deadline := time.Now().Add(*patience); seen.Seen < *count && time.Now().Before(deadline); {
		length, from, err := unix.Recvfrom(socket, packet, 0)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if link, ok := from.(*unix.SockaddrLinklayer); ok && link.Pkttype != unix.PACKET_OUTGOING {
			continue // what a server of this network says goes out
		}
		if hello, ok := serverHelloIn(payloadFrom(packet[:length], *port)); ok {
			seen.add(hello)
		}
	}
	return seen, nil
}

func hostToNetwork(short uint16) uint16 { return short<<8 | short>>8 }

func newHandshakes() *handshakes {
	return &handshakes{Versions: map[string]int{}, Ciphers: map[string]int{}, Groups: map[string]int{}}
}

func (h *handshakes) add(hello serverHello) {
	if hello.retry {
		h.Retried++
		return
	}
	h.Seen++
	if hello.resumed {
		h.Resumed++
	}
	h.Versions[tls.VersionName(hello.version)]++
	h.Ciphers[tls.CipherSuiteName(hello.cipher)]++
	if hello.group != 0 {
		h.Groups[hello.group.String()]++
	}
}

// payloadFrom is what TCP carries from that port in an IPv4 packet; nothing if it is another packet.
func payloadFrom(packet []byte, port int) []byte {
	const shortest = 20
	if len(packet) < shortest || packet[0]>>4 != 4 || packet[9] != unix.IPPROTO_TCP {
		return nil
	}
	segment := packet[min(len(packet), int(packet[0]&15)*4):]
	if len(segment) < shortest || int(segment[0])<<8|int(segment[1]) != port {
		return nil
	}
	return segment[min(len(segment), int(segment[12]>>4)*4):]
}
