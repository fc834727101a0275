package main

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"

	"golang.org/x/net/http2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	testing "google.golang.org/grpc/interop/grpc_testing"
)

// An http2Connection is used by several workers at a time. It is opened anew where the other end closes it in good order,
// as HAProxy does after so many requests.
type http2Connection struct {
	transport *http2.Transport
	url       string
	wanted    []byte
}

func overHTTP2(socket net.Conn, plan plan) (connection, error) {
	sockets := plan.reopen(socket)
	return &http2Connection{
		&http2.Transport{
			AllowHTTP:                  true,
			StrictMaxConcurrentStreams: true,
			DialTLSContext: func(context.Context, string, string, *tls.Config) (net.Conn, error) {
				return sockets()
			},
		},
		plan.url(),
		body(plan.size),
	}, nil
}

func (c *http2Connection) exchange() error {
	request, err := http.NewRequest(http.MethodGet, c.url, nil)
	if err != nil {
		return err
	}
	response, err := c.transport.RoundTrip(request)
	if err != nil {
		return err
	}
	got, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return judge(response.StatusCode, got, c.wanted)
}

func (c *http2Connection) close() { c.transport.CloseIdleConnections() }

// A grpcConnection makes unary calls of gRPC's own interop service, several at a time.
type grpcConnection struct {
	client *grpc.ClientConn
	calls  testing.TestServiceClient
	size   int
}

func overGRPC(socket net.Conn, plan plan) (connection, error) {
	sockets := plan.reopen(socket)
	dialer := grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return sockets() })
	client, err := grpc.NewClient(
		"passthrough:///"+plan.target, dialer, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	return &grpcConnection{client, testing.NewTestServiceClient(client), plan.size}, nil
}

func (c *grpcConnection) exchange() error {
	response, err := c.calls.UnaryCall(context.Background(), &testing.SimpleRequest{ResponseSize: int32(c.size)})
	if err != nil {
		return err
	}
	return judge(http.StatusOK, response.GetPayload().GetBody(), make([]byte, c.size)) // interop's answers are zeros
}

func (c *grpcConnection) close() { _ = c.client.Close() }
