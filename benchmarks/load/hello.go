package main

import (
	"crypto/tls"

	"golang.org/x/crypto/cryptobyte"
)

// A serverHello is what a TLS server chose. RFC 8446, 4.1.3.
type serverHello struct {
	version uint16
	cipher  uint16
	group   tls.CurveID
	resumed bool
	retry   bool
}

const (
	handshakeRecord      = 22
	serverHelloMessage   = 2
	preSharedKey         = 41
	supportedVersions    = 43
	keyShare             = 51
	randomLength         = 32
	helloRetryRandomHead = 0xCF21AD74 // SHA-256 of "HelloRetryRequest" begins so
)

// serverHelloIn reads the beginning of what a server says on a new connection.
func serverHelloIn(said []byte) (serverHello, bool) {
	var hello serverHello
	input := cryptobyte.String(said)
	var record, message, compression uint8
	var randomHead uint32
	var session, extensions cryptobyte.String
	// The record's and the message's lengths are not needed: the hello is at the very beginning.
	ok := input.ReadUint8(&record) && record == handshakeRecord && input.Skip(4) &&
		input.ReadUint8(&message) && message == serverHelloMessage && input.Skip(3) &&
		input.ReadUint16(&hello.version) &&
		input.ReadUint32(&randomHead) && input.Skip(randomLength-4) &&
		input.ReadUint8LengthPrefixed(&session) &&
		input.ReadUint16(&hello.cipher) && input.ReadUint8(&compression) &&
		input.ReadUint16LengthPrefixed(&extensions)
	if !ok {
		return serverHello{}, false
	}
	hello.retry = randomHead == helloRetryRandomHead
	for !extensions.Empty() {
		var kind uint16
		var content cryptobyte.String
		if !extensions.ReadUint16(&kind) || !extensions.ReadUint16LengthPrefixed(&content) {
			return serverHello{}, false
		}
		hello.take(kind, content)
	}
	return hello, true
}

func (h *serverHello) take(kind uint16, content cryptobyte.String) {
	switch kind {
	case supportedVersions:
		content.ReadUint16(&h.version)
	case keyShare:
		var group uint16
		content.ReadUint16(&group)
		h.group = tls.CurveID(group)
	case preSharedKey:
		h.resumed = true
	}
}
