package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// How long an entry may take to be followed before a trial has failed.
const slowest = 20 * time.Second

// The pause between two requests: without one the prober takes the processor from whoever has to follow the change.
const pause = 500 * time.Microsecond

// The rest before each change: who is told of changes one right after the other takes them together, in a while.
const rest = time.Second

// So many answers in a row have to be of the new kind before the next trial: each proxy follows by itself.
const settled = 20

// A reaction is how long after Consul's answer to a changed intention the first request is judged by it, in microseconds.
type reaction struct {
	Trials int     `json:"trials"`
	Deny   latency `json:"deny"`
	Allow  latency `json:"allow"`
}

func reactCommand(arguments []string) (*reaction, error) {
	flags := flag.NewFlagSet("react", flag.ContinueOnError)
	probe := plan{protocol: "http", size: 64}
	var consul, allow, deny string
	var trials int
	flags.StringVar(&probe.target, "target", "", "address to call over HTTP/1.1")
	flags.StringVar(&consul, "consul", "", "Consul's address, for example http://10.0.0.1:8500")
	flags.StringVar(&allow, "allow", "", "the service-intentions entry that allows the caller, as JSON")
	flags.StringVar(&deny, "deny", "", "the one that denies it")
	flags.IntVar(&trials, "trials", 300, "how often to deny and to allow")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	dial, err := probe.dialer()
	if err != nil {
		return nil, err
	}
	denied, allowed := hdrhistogram.New(1, longest, digits), hdrhistogram.New(1, longest, digits)
	one := &prober{dial: dial}
	defer one.close()
	if err := one.await(true); err != nil {
		return nil, err
	}
	for trial := range trials {
		for _, change := range []struct {
			entry string
			allow bool
			into  *hdrhistogram.Histogram
		}{{deny, false, denied}, {allow, true, allowed}} {
			took, err := one.reaction(consul, change.entry, change.allow)
			if err != nil {
				return nil, fmt.Errorf("trial %d: %w", trial+1, err)
			}
			_ = change.into.RecordValue(max(1, took.Microseconds()))
		}
	}
	return &reaction{trials, latencyOf(denied), latencyOf(allowed)}, nil
}

// A prober asks again and again over one connection, and opens another one where that breaks.
type prober struct {
	dial func() (connection, error)
	open connection
}

func (p *prober) close() {
	if p.open != nil {
		p.open.close()
	}
}

// isAnswered tells whether a request is let through; any refusal is one, by status or by a closed connection.
func (p *prober) isAnswered() bool {
	time.Sleep(pause)
	if p.open == nil {
		opened, err := p.dial()
		if err != nil {
			return false
		}
		p.open = opened
	}
	err := p.open.exchange()
	var status unexpectedStatus
	if err != nil && !errors.As(err, &status) {
		p.open.close()
		p.open = nil
	}
	return err == nil
}

func (p *prober) reaction(consul, entry string, allow bool) (time.Duration, error) {
	time.Sleep(rest)
	written := make(chan time.Time, 1)
	failed := make(chan error, 1)
	go func() {
		if err := put(consul+"/v1/config", entry); err != nil {
			failed <- err
			return
		}
		written <- time.Now()
	}()
	first := time.Time{}
	deadline := time.Now().Add(slowest)
	for first.IsZero() {
		if p.isAnswered() == allow {
			first = time.Now()
		}
		select {
		case err := <-failed:
			return 0, err
		default:
		}
		if time.Now().After(deadline) {
			return 0, fmt.Errorf("%s is not followed within %v", entry, slowest)
		}
	}
	if err := p.await(allow); err != nil {
		return 0, err
	}
	select {
	case at := <-written:
		return first.Sub(at), nil
	case err := <-failed:
		return 0, err
	case <-time.After(slowest):
		return 0, fmt.Errorf("Consul does not answer within %v", slowest)
	}
}

func (p *prober) await(allow bool) error {
	deadline := time.Now().Add(slowest)
	for inARow := 0; inARow < settled; {
		if p.isAnswered() == allow {
			inARow++
		} else {
			inARow = 0
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("answers do not settle within %v", slowest)
		}
	}
	return nil
}

func put(url, entry string) error {
	request, err := http.NewRequest(http.MethodPut, url, bytes.NewBufferString(entry))
	if err != nil {
		return err
	}
	response, err := consulClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	said, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: Consul answered %s: %s", url, response.Status, said)
	}
	return nil
}

var consulClient = &http.Client{Timeout: slowest, Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext}}
