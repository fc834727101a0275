package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// application serves all protocols as `serve` does, until the test's end.
type application struct {
	addresses map[string]string
	counts    map[string]*counts
	tell      string // URL of the counts
}

func startApplication(t *testing.T) application {
	t.Helper()
	started := application{map[string]string{}, map[string]*counts{}, ""}
	for protocol, serve := range serversNamed("") {
		listener := listen(t)
		counted := &counts{}
		started.addresses[protocol] = listener.Addr().String()
		started.counts[protocol] = counted
		go func() { _ = serve(countingListener{listener, counted}, counted) }()
	}
	teller := httptest.NewServer(tellCounts(started.counts))
	t.Cleanup(teller.Close)
	started.tell = teller.URL
	return started
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener
}

func call(t *testing.T, p plan) *outcome {
	t.Helper()
	result, err := p.call()
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestEachProtocolIsAnsweredAsAsked(t *testing.T) {
	application := startApplication(t)
	for protocol, address := range application.addresses {
		for _, size := range []int{64, 100_000} {
			result := call(t, plan{protocol: protocol, target: address, connections: 2, streams: 1, size: size,
				duration: 50 * time.Millisecond})
			if result.Requests == 0 || result.Failed != 0 {
				t.Errorf("%s, %d bytes: %d answered, %d failed: %s",
					protocol, size, result.Requests, result.Failed, result.FirstFailure)
			}
		}
		if application.counts[protocol].requests.Load() == 0 {
			t.Errorf("%s: the application counted no request", protocol)
		}
	}
}

func TestConnectionsAreCountedWhileMeasured(t *testing.T) {
	application := startApplication(t)
	for _, protocol := range []string{"http", "tcp"} {
		p := plan{protocol: protocol, target: application.addresses[protocol], counts: application.tell, connections: 3,
			streams: 1, size: 64, warmUp: 50 * time.Millisecond, duration: 100 * time.Millisecond}
		if kept := call(t, p); kept.Connections != 0 || kept.Dialed != 3 {
			t.Errorf("%s kept open: %d connections while measured, %d in all, instead of 0 and 3",
				protocol, kept.Connections, kept.Dialed)
		}
		p.anew = true
		anew := call(t, p)
		if anew.Connections < anew.Requests*8/10 || anew.Connections >= anew.Dialed {
			t.Errorf("%s anew: %d connections for %d requests, of %d with the warm-up's",
				protocol, anew.Connections, anew.Requests, anew.Dialed)
		}
	}
}

func TestUnknownCountsAreAnError(t *testing.T) {
	other := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(answer, `{"tcp":{"connections":1}}`)
	}))
	defer other.Close()
	meter := meter{counts: other.URL, protocol: "http"}
	if reading := meter.read(); reading.err == nil || !strings.Contains(reading.err.Error(), "tells nothing of http") {
		t.Errorf("error: %v", reading.err)
	}
	meter.protocol = "tcp"
	if reading := meter.read(); reading.err != nil || reading.connections != 1 {
		t.Errorf("%d connections, error %v, instead of 1 and none", reading.connections, reading.err)
	}
}

func TestWrongAnswersAreFailures(t *testing.T) {
	right := body(64)
	for name, answer := range map[string]http.HandlerFunc{
		"right":      func(answer http.ResponseWriter, _ *http.Request) { _, _ = answer.Write(right) },
		"other body": func(answer http.ResponseWriter, _ *http.Request) { _, _ = answer.Write(make([]byte, 64)) },
		"too short":  func(answer http.ResponseWriter, _ *http.Request) { _, _ = answer.Write(right[:63]) },
		"status":     func(answer http.ResponseWriter, _ *http.Request) { answer.WriteHeader(503); _, _ = answer.Write(right) },
	} {
		server := httptest.NewServer(answer)
		result := call(t, plan{protocol: "http", target: server.Listener.Addr().String(), connections: 1, streams: 1,
			size: 64, duration: 30 * time.Millisecond})
		server.Close()
		if isRight := result.Failed == 0 && result.Requests > 0; isRight != (name == "right") {
			t.Errorf("%s: %d answered, %d failed", name, result.Requests, result.Failed)
		}
	}
}

func TestAnswerToAnotherQuestionIsAFailureOverTCP(t *testing.T) {
	for _, late := range []bool{false, true} {
		listener := listen(t)
		go answerTCP(listener, late)
		result := call(t, plan{protocol: "tcp", target: listener.Addr().String(), connections: 1, streams: 1, size: 64,
			duration: 30 * time.Millisecond})
		if isRight := result.Failed == 0 && result.Requests > 0; isRight == late {
			t.Errorf("late: %v: %d answered, %d failed", late, result.Requests, result.Failed)
		}
	}
}

// answerTCP gives each question its answer, or that of the question before it.
func answerTCP(listener net.Listener, late bool) {
	for {
		socket, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = socket.Close() }()
			var said [question]byte
			for {
				if _, err := io.ReadFull(socket, said[:]); err != nil {
					return
				}
				number := binary.BigEndian.Uint64(said[8:])
				if late {
					number--
				}
				answer := body(64)
				binary.BigEndian.PutUint64(answer, number)
				if _, err := socket.Write(answer); err != nil {
					return
				}
			}
		}()
	}
}

// A stall of the application delays requests that were meant to start during it, although they start after it.
func TestLatencyAtARateCountsFromTheIntendedStart(t *testing.T) {
	const stall = 200 * time.Millisecond
	var requests atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) {
		if requests.Add(1) == 50 {
			time.Sleep(stall)
		}
		_, _ = answer.Write(body(64))
	}))
	defer server.Close()
	p := plan{protocol: "http", target: server.Listener.Addr().String(), connections: 1, streams: 1, size: 64, rate: 500,
		duration: 600 * time.Millisecond}
	result := call(t, p)
	if result.Requests != 300 {
		t.Errorf("%d answers instead of 300: each counts, however late it is", result.Requests)
	}
	// A third of all turns come within the stall. Counted from their real start, one request alone would be slow.
	if result.Micros.P90 < (stall / 4).Microseconds() {
		t.Errorf("p90 is %d µs: the stall of %v is not seen", result.Micros.P90, stall)
	}
	// Who waits because another answer is late is not late by its own fault.
	if result.Lateness.P90 > (stall / 4).Microseconds() {
		t.Errorf("own lateness, p90: %d µs", result.Lateness.P90)
	}
	p.rate = 0
	requests.Store(0)
	if closed := call(t, p); closed.Micros.P90 > (stall / 4).Microseconds() {
		t.Errorf("without a rate p90 is %d µs: the stall counts for more than its own request", closed.Micros.P90)
	}
}

func TestBodiesAreOfTheirSize(t *testing.T) {
	for _, size := range []int{0, 64, 1 << 20, 64} {
		if got := bodies.of(size); !bytes.Equal(got, body(size)) {
			t.Errorf("%d bytes instead of %d", len(got), size)
		}
	}
	for _, path := range []string{"/x", "/-1", "/" + strconv.Itoa(largest+1)} {
		if size, err := sizeIn(path); err == nil {
			t.Errorf("%s is %d bytes", path, size)
		}
	}
	if size, err := sizeIn("/100000"); err != nil || size != 100_000 {
		t.Errorf("/100000 is %d bytes, error %v", size, err)
	}
}
