package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A plan is what to call, how, and for how long.
type plan struct {
	protocol    string
	target      string
	connections int
	streams     int
	size        int
	rate        int
	anew        bool
	warmUp      time.Duration
	duration    time.Duration
	processes   []int
	identity    *tls.Certificate // whom the caller shows itself as, without a proxy; nil: without TLS
}

// An outcome covers what was answered after the warm-up and before the end.
type outcome struct {
	Requests     int64            `json:"requests"`
	Failed       int64            `json:"failed"`
	FirstFailure string           `json:"firstFailure,omitempty"`
	Seconds      float64          `json:"seconds"`
	Dialed       int64            `json:"dialed"`
	Micros       latency          `json:"micros"`
	CPUNanos     map[string]int64 `json:"cpuNanos"`
	OwnNanos     int64            `json:"ownNanos"` // this process's
}

// Latency is counted from when a request was meant to start at a rate, otherwise from when it did.
type latency struct {
	P50 int64 `json:"p50"`
	P90 int64 `json:"p90"`
	P99 int64 `json:"p99"`
	Max int64 `json:"max"`
}

func latencyOf(histogram *hdrhistogram.Histogram) latency {
	return latency{
		P50: histogram.ValueAtQuantile(50),
		P90: histogram.ValueAtQuantile(90),
		P99: histogram.ValueAtQuantile(99),
		Max: histogram.Max(),
	}
}

const (
	longest = int64(time.Minute / time.Microsecond)
	digits  = 3
	// What is still not answered so long after the end has failed.
	grace = 10 * time.Second
	// So many requests whose turn has come can wait: whoever is as late as that will never keep up.
	mostWaiting = 1 << 20
)

// A connection carries exchanges, one at a time or several, as its protocol allows.
type connection interface {
	// exchange asks for an answer of the plan's size and judges it.
	exchange() error
	close()
}

// The caller is what a run's workers share.
type caller struct {
	plan   plan
	dial   func() (connection, error)
	begin  time.Time // of counting
	end    time.Time
	dialed atomic.Int64
	failed atomic.Int64
	first  sync.Once
	reason string
}

func (p plan) call() (*outcome, error) {
	dial, err := p.dialer()
	if err != nil {
		return nil, err
	}
	c := &caller{plan: p, dial: dial}
	connections, err := c.connect()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	c.begin = start.Add(p.warmUp)
	c.end = c.begin.Add(p.duration)
	own := os.Getpid()
	processes := append([]int{own}, p.processes...)
	var before, after map[int]int64
	counted := make(chan error, 1)
	go func() {
		time.Sleep(time.Until(c.begin))
		var errBefore, errAfter error
		before, errBefore = cpuNanos(processes)
		time.Sleep(time.Until(c.end))
		after, errAfter = cpuNanos(processes)
		counted <- errors.Join(errBefore, errAfter)
	}()
	histogram, err := c.work(connections, start)
	if err != nil {
		return nil, err
	}
	if err := <-counted; err != nil {
		return nil, err
	}
	result := &outcome{
		Requests:     histogram.TotalCount(),
		Failed:       c.failed.Load(),
		FirstFailure: c.reason,
		Seconds:      p.duration.Seconds(),
		Dialed:       c.dialed.Load(),
		Micros:       latencyOf(histogram),
		CPUNanos:     map[string]int64{},
	}
	for _, process := range p.processes {
		result.CPUNanos[strconv.Itoa(process)] = after[process] - before[process]
	}
	result.OwnNanos = after[own] - before[own]
	return result, nil
}

// connect opens what is used throughout. Nothing is, where each request has a connection of its own.
func (c *caller) connect() ([]connection, error) {
	connections := make([]connection, c.plan.connections)
	if c.plan.anew {
		return connections, nil
	}
	for i := range connections {
		opened, err := c.open()
		if err != nil {
			return nil, fmt.Errorf("connection %d to %s: %w", i+1, c.plan.target, err)
		}
		connections[i] = opened
	}
	return connections, nil
}

func (c *caller) open() (connection, error) {
	opened, err := c.dial()
	if err == nil {
		c.dialed.Add(1)
	}
	return opened, err
}

// work returns when all workers have stopped; whoever has not after the grace is an error.
func (c *caller) work(connections []connection, start time.Time) (*hdrhistogram.Histogram, error) {
	var workers sync.WaitGroup
	turns := c.turns(start)
	all := hdrhistogram.New(1, longest, digits)
	var merging sync.Mutex
	for _, shared := range connections {
		for range c.plan.streams {
			workers.Add(1)
			go func() {
				defer workers.Done()
				own := hdrhistogram.New(1, longest, digits)
				c.workOn(shared, turns, own)
				merging.Lock()
				defer merging.Unlock()
				all.Merge(own)
			}()
		}
	}
	done := make(chan struct{})
	go func() { workers.Wait(); close(done) }()
	select {
	case <-done:
		return all, nil
	case <-time.After(time.Until(c.end.Add(grace))):
		return nil, fmt.Errorf("%s did not answer within %v after the end", c.plan.target, grace)
	}
}

// turns gives the times at which requests are meant to start; nil where each follows the one before it.
func (c *caller) turns(start time.Time) <-chan time.Time {
	if c.plan.rate == 0 {
		return nil
	}
	// Room for all of them: a late answer delays no other request's turn.
	room := int(min(c.end.Sub(start).Seconds()*float64(c.plan.rate), mostWaiting)) + 1
	turns := make(chan time.Time, room)
	go pace(start, c.end, c.plan.rate, turns)
	return turns
}

func (c *caller) workOn(shared connection, turns <-chan time.Time, latencies *hdrhistogram.Histogram) {
	current := shared
	for {
		meant := time.Now()
		if turns != nil {
			turn, more := <-turns
			if !more {
				break
			}
			meant = turn
		}
		if !meant.Before(c.end) {
			break
		}
		var err error
		if c.plan.anew || current == nil {
			current, err = c.open()
		}
		if err == nil {
			err = current.exchange()
		}
		now := time.Now()
		switch {
		case err != nil:
			c.fail(err)
			if current != nil && c.plan.streams == 1 {
				current.close()
				current = nil
			}
		case turns != nil && !meant.Before(c.begin), turns == nil && !now.Before(c.begin) && now.Before(c.end):
			// At a rate an answer counts by its turn, however late it is.
			_ = latencies.RecordValue(max(1, min(longest, now.Sub(meant).Microseconds())))
		}
		if c.plan.anew && current != nil {
			current.close()
			current = nil
		}
	}
	if !c.plan.anew && current != nil && c.plan.streams == 1 {
		current.close()
	}
}

func (c *caller) fail(err error) {
	c.failed.Add(1)
	c.first.Do(func() { c.reason = err.Error() })
}

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
	if err != nil || p.identity == nil {
		return socket, err
	}
	// Who answers is checked by the caller's proxy, which is left out here: the question is who is let in.
	return tls.Client(socket, &tls.Config{Certificates: []tls.Certificate{*p.identity}, InsecureSkipVerify: true}), nil
}
