package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"net"
)

// impostorCommand answers HTTP by TLS as the application does, with the certificate that the file has at that moment.
// Each request has a connection and a full handshake of its own, so that each is judged by that certificate.
func impostorCommand(arguments []string) error {
	flags := flag.NewFlagSet("impostor", flag.ContinueOnError)
	address := flags.String("listen", "", "address to listen on, for example 10.0.0.1:24000")
	identity := flags.String("identity", "", "file with certificate and key")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *address == "" || *identity == "" {
		return fmt.Errorf("-listen or -identity is missing")
	}
	listener, err := net.Listen("tcp", *address)
	if err != nil {
		return err
	}
	return serveImpostor(listener, *identity)
}

func serveImpostor(listener net.Listener, identity string) error {
	config := &tls.Config{
		SessionTicketsDisabled: true,
		NextProtos:             []string{"http/1.1"},
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(identity, identity)
			return &pair, err
		},
	}
	server := httpServer("", &counts{})
	server.DisableKeepalive = true
	return server.Serve(tls.NewListener(listener, config))
}
