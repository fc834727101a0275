// Command load is both ends of the data plane's benchmark: the application behind the mesh, and its caller. It also plays
// an endpoint with another identity, and tells what TLS handshakes on the wire agree on.
//
// The caller says what it measured as one JSON object on standard output. It judges each answer, and counts as failed
// whatever is not exactly what it asked for.
package main

import (
	"crypto/tls"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return fmt.Errorf("what to do is missing: serve, call, ask, react, first, impostor or handshakes")
	}
	switch arguments[0] {
	case "serve":
		return serveCommand(arguments[1:])
	case "call":
		return printed(callCommand(arguments[1:]))
	case "ask":
		return askCommand(arguments[1:])
	case "react":
		return printed(reactCommand(arguments[1:]))
	case "first":
		return printed(firstCommand(arguments[1:]))
	case "impostor":
		return impostorCommand(arguments[1:])
	case "handshakes":
		return printed(handshakesCommand(arguments[1:]))
	}
	return fmt.Errorf("%q is none of serve, call, ask, react, first, impostor, handshakes", arguments[0])
}

func serveCommand(arguments []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	var where addresses
	flags.StringVar(&where.http, "http", "", "address for HTTP/1.1, for example 127.0.0.1:9001")
	flags.StringVar(&where.tcp, "tcp", "", "address for TCP")
	flags.StringVar(&where.h2, "http2", "", "address for HTTP/2 without TLS")
	flags.StringVar(&where.grpc, "grpc", "", "address for gRPC")
	flags.StringVar(&where.counts, "counts", "", "address that tells as JSON how many connections and requests came")
	flags.StringVar(&where.name, "name", "", "what answers over HTTP/1.1 name as who answered")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	return serve(where)
}

func printed[T any](said *T, err error) error {
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(said)
}

func callCommand(arguments []string) (*outcome, error) {
	plan, err := planOf(arguments)
	if err != nil {
		return nil, err
	}
	return plan.call()
}

// askCommand fails unless one request is answered as it should be.
func askCommand(arguments []string) error {
	plan, err := planOf(arguments)
	if err != nil {
		return err
	}
	return plan.ask()
}

func planOf(arguments []string) (*plan, error) {
	flags := flag.NewFlagSet("call", flag.ContinueOnError)
	var plan plan
	var processes, identity string
	flags.StringVar(&plan.protocol, "protocol", "http", "http, tcp, http2 or grpc")
	flags.StringVar(&plan.target, "target", "", "address to call, for example 127.0.0.1:8101")
	flags.IntVar(&plan.connections, "connections", 50, "connections at a time")
	flags.IntVar(&plan.streams, "streams", 1, "requests at a time on each connection; more than 1 for http2 and grpc only")
	flags.IntVar(&plan.size, "size", 64, "bytes of each answer's body")
	flags.IntVar(&plan.rate, "rate", 0, "requests a second, each at its time whether or not others are answered; 0: as many as go")
	flags.BoolVar(&plan.anew, "anew", false, "a new connection for each request")
	flags.DurationVar(&plan.warmUp, "warm-up", time.Second, "how long to call before anything is counted")
	flags.DurationVar(&plan.duration, "duration", 4*time.Second, "how long to count")
	flags.StringVar(&processes, "processes", "", "process ids, separated by commas, whose CPU time to tell")
	flags.StringVar(&plan.counts, "counts", "", "URL of the application's counts: tell how many connections reached it")
	flags.BoolVar(&plan.tls, "tls", false, "call by TLS, past the caller's proxy")
	flags.StringVar(&identity, "identity", "", "file with certificate and key that -tls shows; without it none is shown")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	if identity != "" {
		if !plan.tls {
			return nil, fmt.Errorf("-identity is shown by TLS only: add -tls")
		}
		pair, err := tls.LoadX509KeyPair(identity, identity)
		if err != nil {
			return nil, fmt.Errorf("-identity: %w", err)
		}
		plan.identity = &pair
	}
	if plan.target == "" {
		return nil, fmt.Errorf("-target is missing")
	}
	for _, id := range strings.FieldsFunc(processes, func(r rune) bool { return r == ',' }) {
		process, err := strconv.Atoi(id)
		if err != nil {
			return nil, fmt.Errorf("-processes: %q is no process id", id)
		}
		plan.processes = append(plan.processes, process)
	}
	return &plan, nil
}
