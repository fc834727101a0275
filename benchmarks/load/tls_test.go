package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// identity writes a certificate of that name with its key, in place of what the file had.
func identity(t *testing.T, file, name string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotAfter: time.Now().Add(time.Hour)}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	both := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	if err := os.WriteFile(file, both, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestImpostorShowsWhatItsFileHas(t *testing.T) {
	file := filepath.Join(t.TempDir(), "identity.pem")
	identity(t, file, "one")
	listener := listen(t)
	go func() { _ = serveImpostor(listener, file) }()
	sessions := &tls.Config{InsecureSkipVerify: true, ClientSessionCache: tls.NewLRUClientSessionCache(1), ServerName: "x"}
	for _, name := range []string{"one", "two"} {
		identity(t, file, name)
		socket, err := tls.Dial("tcp", listener.Addr().String(), sessions)
		if err != nil {
			t.Fatal(err)
		}
		state := socket.ConnectionState()
		if got := state.PeerCertificates[0].Subject.CommonName; got != name || state.DidResume {
			t.Errorf("shows %s instead of %s; resumed: %v", got, name, state.DidResume)
		}
		_ = socket.Close()
	}
	if err := (plan{protocol: "http", target: listener.Addr().String(), tls: true, size: 64}).ask(); err != nil {
		t.Error(err)
	}
}

// A caller without a certificate is refused where one is required: the control shows the same call with one.
func TestAskByTLSShowsItsIdentityOrNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "identity.pem")
	identity(t, file, "server")
	pair, err := tls.LoadX509KeyPair(file, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, protocol := range []string{"http", "tcp", "http2", "grpc"} {
		listener := listen(t)
		config := &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAnyClientCert,
			NextProtos: []string{"h2", "http/1.1"}}
		go func() { _ = serversNamed("")[protocol](plainListener{tls.NewListener(listener, config)}, &counts{}) }()
		p := plan{protocol: protocol, target: listener.Addr().String(), tls: true, identity: &pair, streams: 1, size: 64}
		if err := p.ask(); err != nil {
			t.Errorf("%s: with a certificate: %v", protocol, err)
		}
		p.identity = nil
		if p.ask() == nil {
			t.Errorf("%s: answered without a certificate", protocol)
		}
	}
}

// A plainListener hides that its connections are TLS's: a server of HTTP/2 would look for a handshake that is still to be.
type plainListener struct{ net.Listener }

func (l plainListener) Accept() (net.Conn, error) {
	socket, err := l.Listener.Accept()
	return struct{ net.Conn }{socket}, err
}

func TestServerHelloTellsWhatWasChosen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "identity.pem")
	identity(t, file, "server")
	pair, err := tls.LoadX509KeyPair(file, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []serverHello{
		{version: tls.VersionTLS13, cipher: tls.TLS_AES_128_GCM_SHA256, group: tls.X25519MLKEM768},
		{version: tls.VersionTLS13, cipher: tls.TLS_AES_128_GCM_SHA256, group: tls.X25519},
		{version: tls.VersionTLS12, cipher: tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
	} {
		config := &tls.Config{Certificates: []tls.Certificate{pair}, MaxVersion: want.version, InsecureSkipVerify: true,
			ServerName: "x", ClientSessionCache: tls.NewLRUClientSessionCache(1)}
		if want.group != 0 {
			config.CurvePreferences = []tls.CurveID{want.group}
		}
		for _, resumed := range []bool{false, true} {
			want.resumed = resumed && want.version == tls.VersionTLS13
			if got, ok := serverHelloIn(saidByServer(t, config)); !ok || got != want {
				t.Errorf("read %+v (%v) instead of %+v", got, ok, want)
			}
		}
	}
}

func TestNothingElseIsAServerHello(t *testing.T) {
	for _, said := range [][]byte{nil, {22}, []byte("HTTP/1.1 200 OK\r\n"), make([]byte, 200)} {
		if hello, ok := serverHelloIn(said); ok {
			t.Errorf("%q is taken for %+v", said, hello)
		}
	}
}

func TestPayloadIsOfThePortAlone(t *testing.T) {
	packet := append(make([]byte, 40), "said"...)
	packet[0], packet[9] = 0x45, 6                    // IPv4 with 20 bytes of header, TCP
	packet[20], packet[21], packet[32] = 78, 32, 5<<4 // from port 20000, 20 bytes of header
	if got := payloadFrom(packet, 20000); string(got) != "said" {
		t.Errorf("read %q", got)
	}
	for _, other := range [][]byte{payloadFrom(packet, 20001), payloadFrom(packet[:30], 20000), payloadFrom(nil, 20000)} {
		if len(other) != 0 {
			t.Errorf("read %q of another packet", other)
		}
	}
}

// recorder keeps what is written.
type recorder struct {
	net.Conn
	said []byte
}

func (r *recorder) Write(bytes []byte) (int, error) {
	r.said = append(r.said, bytes...)
	return r.Conn.Write(bytes)
}

// saidByServer is what a server writes in a handshake and one answer, with which a ticket comes.
func saidByServer(t *testing.T, config *tls.Config) []byte {
	t.Helper()
	listener := listen(t)
	said := make(chan []byte, 1)
	go func() {
		socket, err := listener.Accept()
		if err != nil {
			return
		}
		server := &recorder{Conn: socket}
		_, _ = tls.Server(server, config).Write([]byte("x"))
		said <- server.said
	}()
	client, err := tls.Dial("tcp", listener.Addr().String(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if _, err := io.ReadFull(client, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	return <-said
}
