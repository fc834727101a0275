package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync/atomic"
)

// question is the length of what a caller says over TCP: 8 bytes for the size of the answer, 8 that open the answer.
const question = 16

// smallest is the length of the shortest answer over TCP.
const smallest = 8

// asked makes each question another one, so that no late answer passes for the next one's.
var asked atomic.Uint64

type tcpConnection struct {
	socket net.Conn
	said   [question]byte
	got    []byte
	wanted []byte
}

func overTCP(socket net.Conn, plan plan) (connection, error) {
	return &tcpConnection{socket: socket, got: make([]byte, plan.size), wanted: body(plan.size)}, nil
}

func (c *tcpConnection) exchange() error {
	binary.BigEndian.PutUint64(c.said[:8], uint64(len(c.wanted)))
	binary.BigEndian.PutUint64(c.said[8:], asked.Add(1))
	if _, err := c.socket.Write(c.said[:]); err != nil {
		return err
	}
	if _, err := io.ReadFull(c.socket, c.got); err != nil {
		return err
	}
	if !bytes.Equal(c.got[:8], c.said[8:]) || !bytes.Equal(c.got[8:], c.wanted[8:]) {
		return errors.New("answered with other bytes than were asked for")
	}
	return nil
}

func (c *tcpConnection) close() { _ = c.socket.Close() }

func serveTCP(socket net.Conn, counts *counts) {
	defer func() { _ = socket.Close() }()
	var said [question]byte
	var answer []byte
	for {
		if _, err := io.ReadFull(socket, said[:]); err != nil {
			return
		}
		size := binary.BigEndian.Uint64(said[:8])
		if size < smallest || size > largest {
			return
		}
		if uint64(len(answer)) != size {
			answer = body(int(size))
		}
		copy(answer, said[8:])
		counts.requests.Add(1)
		if _, err := socket.Write(answer); err != nil {
			return
		}
	}
}
