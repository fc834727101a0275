package main

import (
	"crypto/tls"
	"fmt"
	"net"
)

func (p plan) dialer() (func() (connection, error), error) {
	protocols := map[string]func(net.Conn, plan) (connection, error){
		"http": overHTTP, "tcp": overTCP, "http2": overHTTP2, "grpc": overGRPC,
	}
	over, known := protocols[p.protocol]
	if !known {
		return nil, fmt.Errorf("-protocol: %q is none of http, tcp, http2, grpc", p.protocol)
	}
	if p.streams > 1 && (p.protocol == "http" || p.protocol == "tcp" || p.anew) {
		return nil, fmt.Errorf("-streams: %d requests at a time on a connection, which %s cannot carry", p.streams, p.protocol)
	}
	if p.protocol == "tcp" && p.size < smallest {
		return nil, fmt.Errorf("-size: an answer over TCP has at least %d bytes, not %d", smallest, p.size)
	}
	return func() (connection, error) {
		socket, err := p.connect()
		if err != nil {
			return nil, err
		}
		opened, err := over(socket, p)
		if err != nil {
			_ = socket.Close()
		}
		return opened, err
	}, nil
}

// reopen gives the open socket first, and then another one each time.
func (p plan) reopen(first net.Conn) func() (net.Conn, error) {
	given := make(chan net.Conn, 1)
	given <- first
	return func() (net.Conn, error) {
		select {
		case socket := <-given:
			return socket, nil
		default:
			return p.connect()
		}
	}
}

func (p plan) connect() (net.Conn, error) {
	socket, err := net.Dial("tcp", p.target)
	if err != nil || !p.tls {
		return socket, err
	}
	// Who answers is checked by the caller's proxy, which is left out here: the question is who is let in.
	config := &tls.Config{InsecureSkipVerify: true, NextProtos: p.nextProtocols()}
	if p.identity != nil {
		config.Certificates = []tls.Certificate{*p.identity}
	}
	return tls.Client(socket, config), nil
}

func (p plan) nextProtocols() []string {
	if p.protocol == "http2" || p.protocol == "grpc" {
		return []string{"h2"}
	}
	return nil
}
