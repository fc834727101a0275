package main

import (
	"crypto/tls"
	"fmt"
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
	counts      string           // URL of the application's counts; empty: connections are not counted
	tls         bool             // past the caller's proxy
	identity    *tls.Certificate // whom the caller shows itself as there; nil: it shows no certificate
}

// An outcome covers what was answered after the warm-up and before the end.
type outcome struct {
	Requests     int64            `json:"requests"`
	Failed       int64            `json:"failed"`
	FirstFailure string           `json:"firstFailure,omitempty"`
	Seconds      float64          `json:"seconds"`
	Dialed       int64            `json:"dialed"`
	Connections  int64            `json:"connections"` // that reached the application meanwhile
	Micros       latency          `json:"micros"`
	Lateness     latency          `json:"lateness"` // of this process, in microseconds; at a rate only
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
	meter := meter{processes: append([]int{os.Getpid()}, p.processes...), counts: p.counts, protocol: p.protocol}
	metered := meter.run(c.begin, c.end)
	seen, err := c.work(connections, start)
	if err != nil {
		return nil, err
	}
	used := <-metered
	if used.err != nil {
		return nil, used.err
	}
	result := &outcome{
		Requests:     seen.latencies.TotalCount(),
		Failed:       c.failed.Load(),
		FirstFailure: c.reason,
		Seconds:      p.duration.Seconds(),
		Dialed:       c.dialed.Load(),
		Connections:  used.connections,
		Micros:       latencyOf(seen.latencies),
		Lateness:     latencyOf(seen.lateness),
		CPUNanos:     map[string]int64{},
	}
	for _, process := range p.processes {
		result.CPUNanos[strconv.Itoa(process)] = used.nanos[process]
	}
	result.OwnNanos = used.nanos[os.Getpid()]
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

// Histograms are what workers saw, in microseconds.
type histograms struct {
	latencies *hdrhistogram.Histogram
	lateness  *hdrhistogram.Histogram // from when an idle worker's request was meant to start until it did
}

func newHistograms() histograms {
	return histograms{hdrhistogram.New(1, longest, digits), hdrhistogram.New(1, longest, digits)}
}

func (h histograms) merge(other histograms) {
	h.latencies.Merge(other.latencies)
	h.lateness.Merge(other.lateness)
}

func record(histogram *hdrhistogram.Histogram, took time.Duration) {
	_ = histogram.RecordValue(max(1, min(longest, took.Microseconds())))
}

// work returns when all workers have stopped; whoever has not after the grace is an error.
func (c *caller) work(connections []connection, start time.Time) (histograms, error) {
	var workers sync.WaitGroup
	turns := c.turns(start)
	all := newHistograms()
	var merging sync.Mutex
	for _, shared := range connections {
		for range c.plan.streams {
			workers.Add(1)
			go func() {
				defer workers.Done()
				own := newHistograms()
				c.workOn(shared, turns, own)
				merging.Lock()
				defer merging.Unlock()
				all.merge(own)
			}()
		}
	}
	done := make(chan struct{})
	go func() { workers.Wait(); close(done) }()
	select {
	case <-done:
		return all, nil
	case <-time.After(time.Until(c.end.Add(grace))):
		return all, fmt.Errorf("%s did not answer within %v after the end", c.plan.target, grace)
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

func (c *caller) workOn(shared connection, turns <-chan time.Time, own histograms) {
	current := shared
	for {
		meant := time.Now()
		if turns != nil {
			turn, more := c.next(turns, own)
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
			record(own.latencies, now.Sub(meant))
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

// next waits for a turn. Whoever finds one waiting comes late because answers did; whoever waits for one is late by what
// this process takes.
func (c *caller) next(turns <-chan time.Time, own histograms) (time.Time, bool) {
	select {
	case turn, more := <-turns:
		return turn, more
	default:
	}
	turn, more := <-turns
	if more && !turn.Before(c.begin) {
		record(own.lateness, time.Since(turn))
	}
	return turn, more
}

func (c *caller) fail(err error) {
	c.failed.Add(1)
	c.first.Do(func() { c.reason = err.Error() })
}
