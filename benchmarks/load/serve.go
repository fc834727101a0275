package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/valyala/fasthttp"
	"golang.org/x/net/http2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/interop"
	testing "google.golang.org/grpc/interop/grpc_testing"
)

// largest is what an answer's body may have at most.
const largest = 16 << 20

// Addresses are where the application listens; what is empty it does not speak. Its name is beside them.
type addresses struct {
	http, tcp, h2, grpc, counts string
	name                        string // what an answer over HTTP/1.1 says, if anything
}

// Counts are of what reached the application, over one protocol.
type counts struct {
	connections atomic.Int64
	requests    atomic.Int64
}

func (c *counts) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]int64{"connections": c.connections.Load(), "requests": c.requests.Load()})
}

// A countingListener counts whoever connects.
type countingListener struct {
	net.Listener
	counts *counts
}

func (l countingListener) Accept() (net.Conn, error) {
	socket, err := l.Listener.Accept()
	if err == nil {
		l.counts.connections.Add(1)
	}
	return socket, err
}

func serve(where addresses) error {
	stop, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer cancel()
	all := map[string]*counts{}
	failed := make(chan error, 5)
	servers := serversNamed(where.name)
	for protocol, address := range map[string]string{
		"http": where.http, "tcp": where.tcp, "http2": where.h2, "grpc": where.grpc,
	} {
		if address == "" {
			continue
		}
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		counted := &counts{}
		all[protocol] = counted
		go func() {
			failed <- fmt.Errorf("%s: %w", protocol, servers[protocol](countingListener{listener, counted}, counted))
		}()
	}
	if where.counts != "" {
		go func() {
			failed <- http.ListenAndServe(where.counts, tellCounts(all))
		}()
	}
	select {
	case err := <-failed:
		return err
	case <-stop.Done():
		return nil
	}
}

// serversNamed answer each protocol; over HTTP/1.1 an answer says the name, if there is one.
func serversNamed(name string) map[string]func(net.Listener, *counts) error {
	serveHTTP := func(listener net.Listener, counts *counts) error { return httpServer(name, counts).Serve(listener) }
	return map[string]func(net.Listener, *counts) error{
		"http": serveHTTP, "tcp": acceptTCP, "http2": serveHTTP2, "grpc": serveGRPC,
	}
}

func tellCounts(all map[string]*counts) http.Handler {
	return http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(answer).Encode(all)
	})
}

func httpServer(name string, counts *counts) *fasthttp.Server {
	return &fasthttp.Server{
		NoDefaultServerHeader: true,
		Handler: func(request *fasthttp.RequestCtx) {
			counts.requests.Add(1)
			size, err := sizeIn(string(request.Path()))
			if err != nil {
				request.Error(err.Error(), fasthttp.StatusBadRequest)
				return
			}
			if name != "" {
				request.Response.Header.Set(answeredBy, name)
			}
			request.SetBody(bodies.of(size))
		},
	}
}

func serveHTTP2(listener net.Listener, counts *counts) error {
	server := http2.Server{MaxConcurrentStreams: 1000}
	handler := http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		counts.requests.Add(1)
		size, err := sizeIn(request.URL.Path)
		if err != nil {
			http.Error(answer, err.Error(), http.StatusBadRequest)
			return
		}
		answer.Header().Set("Content-Length", strconv.Itoa(size))
		_, _ = answer.Write(bodies.of(size))
	})
	for {
		socket, err := listener.Accept()
		if err != nil {
			return err
		}
		go server.ServeConn(socket, &http2.ServeConnOpts{Handler: handler})
	}
}

func serveGRPC(listener net.Listener, counts *counts) error {
	count := func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		counts.requests.Add(1)
		return next(ctx, request)
	}
	server := grpc.NewServer(grpc.UnaryInterceptor(count))
	testing.RegisterTestServiceServer(server, interop.NewTestServer())
	return server.Serve(listener)
}

func acceptTCP(listener net.Listener, counts *counts) error {
	for {
		socket, err := listener.Accept()
		if err != nil {
			return err
		}
		go serveTCP(socket, counts)
	}
}

func sizeIn(path string) (int, error) {
	size, err := strconv.Atoi(strings.TrimPrefix(path, "/"))
	if err != nil || size < 0 || size > largest {
		return 0, fmt.Errorf("%s is no size of a body, such as /100000", path)
	}
	return size, nil
}

// bodies are made once for each size.
var bodies = &bodyCache{}

type bodyCache struct {
	last atomic.Pointer[[]byte]
}

func (c *bodyCache) of(size int) []byte {
	if last := c.last.Load(); last != nil && len(*last) == size {
		return *last
	}
	made := body(size)
	c.last.Store(&made)
	return made
}
