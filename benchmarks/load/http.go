package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"
)

const buffer = 16 << 10

// An httpConnection is one of HTTP/1.1, kept open.
type httpConnection struct {
	socket   net.Conn
	reader   *bufio.Reader
	writer   *bufio.Writer
	request  fasthttp.Request
	response fasthttp.Response
	wanted   []byte
}

func overHTTP(socket net.Conn, plan plan) (connection, error) {
	return newHTTPConnection(socket, plan), nil
}

func newHTTPConnection(socket net.Conn, plan plan) *httpConnection {
	c := &httpConnection{
		socket: socket,
		reader: bufio.NewReaderSize(socket, buffer),
		writer: bufio.NewWriterSize(socket, buffer),
		wanted: body(plan.size),
	}
	c.request.SetRequestURI(plan.url())
	return c
}

func (c *httpConnection) exchange() error {
	if err := c.socket.SetDeadline(time.Now().Add(grace)); err != nil {
		return err
	}
	if err := c.request.Write(c.writer); err != nil {
		return err
	}
	if err := c.writer.Flush(); err != nil {
		return err
	}
	if err := c.response.Read(c.reader); err != nil {
		return err
	}
	return judge(c.response.StatusCode(), c.response.Body(), c.wanted)
}

// answeredBy tells the name of the application whose answer was the last one; empty if it has none.
func (c *httpConnection) answeredBy() string { return string(c.response.Header.Peek(answeredBy)) }

func (c *httpConnection) close() { _ = c.socket.Close() }

func (p plan) url() string { return "http://" + p.target + "/" + strconv.Itoa(p.size) }

// answeredBy is the header with the application's name.
const answeredBy = "X-Answered-By"

// An unexpectedStatus is an answer all the same: its connection goes on.
type unexpectedStatus int

func isAnswer(err error) bool {
	var status unexpectedStatus
	return errors.As(err, &status)
}

func (s unexpectedStatus) Error() string {
	return fmt.Sprintf("answered with status %d instead of 200", int(s))
}

func judge(status int, got, wanted []byte) error {
	if status != fasthttp.StatusOK {
		return unexpectedStatus(status)
	}
	if !bytes.Equal(got, wanted) {
		return fmt.Errorf("answered with another body than was asked for, of %d bytes instead of %d", len(got), len(wanted))
	}
	return nil
}

// body is what the application answers with: so many bytes, none like the one before it.
func body(size int) []byte {
	bytes := make([]byte, size)
	for i := range bytes {
		bytes[i] = byte('a' + i%23)
	}
	return bytes
}
