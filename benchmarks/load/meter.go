package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// A meter reads what is told of a stretch of time: CPU time of processes, and connections that reached the application.
type meter struct {
	processes []int
	counts    string
	protocol  string
}

// A reading is of one moment, or the difference of two.
type reading struct {
	nanos       map[int]int64
	connections int64
	err         error
}

func (m meter) run(begin, end time.Time) <-chan reading {
	result := make(chan reading, 1)
	go func() {
		time.Sleep(time.Until(begin))
		before := m.read()
		time.Sleep(time.Until(end))
		result <- m.read().since(before)
	}()
	return result
}

func (m meter) read() reading {
	nanos, err := cpuNanos(m.processes)
	connections, countsErr := m.connections()
	return reading{nanos, connections, errors.Join(err, countsErr)}
}

func (r reading) since(before reading) reading {
	nanos := map[int]int64{}
	for process, ran := range r.nanos {
		nanos[process] = ran - before.nanos[process]
	}
	return reading{nanos, r.connections - before.connections, errors.Join(before.err, r.err)}
}

func (m meter) connections() (int64, error) {
	if m.counts == "" {
		return 0, nil
	}
	answer, err := http.Get(m.counts)
	if err != nil {
		return 0, fmt.Errorf("-counts: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	var told map[string]struct{ Connections int64 }
	if err := json.NewDecoder(answer.Body).Decode(&told); err != nil {
		return 0, fmt.Errorf("-counts: %s: %w", m.counts, err)
	}
	counted, known := told[m.protocol]
	if !known {
		return 0, fmt.Errorf("-counts: %s tells nothing of %s", m.counts, m.protocol)
	}
	return counted.Connections, nil
}
