package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// How long a write to Consul may take to be followed before a trial has failed.
const slowest = 20 * time.Second

// The pause between two requests: without one the prober takes the processor from whoever has to follow the change.
const pause = 500 * time.Microsecond

// The rest between two changes of a subject: who is told of changes one right after the other takes them together, in a
// while.
const rest = 600 * time.Millisecond

// So many answers in a row have to be without what has ended. Where two endpoints take turns by lot, each answer is the one's
// or the other's.
const settled = 20

// A subject is something that is seen in answers, that one write to Consul ends and another one begins again.
type subject struct {
	// Called over HTTP/1.1.
	Target string `json:"target"`
	// Whom to write to, for example http://10.0.0.1:8500.
	Consul string `json:"consul"`
	// Seen is each answer of the application of that name, and each call has to be answered; if it is empty, any answer is
	// seen, and calls may be refused.
	By    string `json:"by"`
	End   write  `json:"end"`
	Begin write  `json:"begin"`
}

// A write is a PUT to Consul's API.
type write struct {
	Path string          `json:"path"`
	Body json.RawMessage `json:"body"`
}

// A reaction is how many microseconds after Consul's answer to a write it is followed, trial by trial: from when on the
// subject is not seen any more, and when it is seen first. Lost are calls that nobody answered rightly, although they had to
// be.
type reaction struct {
	Ended []int64 `json:"ended"`
	Began []int64 `json:"began"`
	Lost  int     `json:"lost"`
}

func reactCommand(arguments []string) (*[]reaction, error) {
	flags := flag.NewFlagSet("react", flag.ContinueOnError)
	var said string
	var trials int
	flags.StringVar(&said, "subjects", "", "what is ended and begun again, in turn: a list in JSON, see type subject")
	flags.IntVar(&trials, "trials", 300, "how often to end and to begin each")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	var subjects []subject
	if err := json.Unmarshal([]byte(said), &subjects); err != nil {
		return nil, fmt.Errorf("-subjects: %w", err)
	}
	probers := make([]*prober, len(subjects))
	for i, subject := range subjects {
		probers[i] = newProber(subject)
		defer probers[i].close()
	}
	// Each subject's change falls into the rest of the others.
	between := rest / time.Duration(max(1, len(subjects)))
	for trial := range trials {
		for _, wanted := range []bool{false, true} {
			for i, prober := range probers {
				time.Sleep(between)
				if err := prober.try(wanted); err != nil {
					return nil, fmt.Errorf("subject %d, trial %d: %w", i+1, trial+1, err)
				}
			}
		}
	}
	reactions := make([]reaction, len(probers))
	for i, prober := range probers {
		reactions[i] = reaction{prober.ended, prober.began, prober.lost}
	}
	return &reactions, nil
}

// A prober asks again and again over one connection, and opens another one where that breaks.
type prober struct {
	subject      subject
	open         *httpConnection
	ended, began []int64
	lost         int
}

func newProber(subject subject) *prober { return &prober{subject: subject} }

func (p *prober) close() {
	if p.open != nil {
		p.open.close()
	}
}

// try ends the subject, or begins it again, and keeps how long that took to be followed.
func (p *prober) try(begin bool) error {
	change, into := p.subject.End, &p.ended
	if begin {
		change, into = p.subject.Begin, &p.began
	}
	if _, err := p.await(!begin); err != nil {
		return fmt.Errorf("before %s: %w", change, err)
	}
	type answer struct {
		at  time.Time
		err error
	}
	answered := make(chan answer, 1)
	go func() {
		err := change.putTo(p.subject.Consul)
		answered <- answer{time.Now(), err}
	}()
	followed, err := p.await(begin)
	written := <-answered
	if err := errors.Join(written.err, err); err != nil {
		return fmt.Errorf("after %s: %w", change, err)
	}
	// What is followed before Consul has answered takes no time.
	*into = append(*into, max(1, followed.Sub(written.at).Microseconds()))
	return nil
}

// await tells since when the subject is seen: since an answer with it; or not seen: since the first of many answers without
// it, of any refusals too.
func (p *prober) await(seen bool) (time.Time, error) {
	needed := settled
	if seen {
		needed = 1
	}
	var since time.Time
	deadline := time.Now().Add(slowest)
	for inARow := 0; inARow < needed; {
		is := p.sees()
		now := time.Now()
		switch {
		case is != seen:
			inARow = 0
		case inARow == 0:
			since = now
			inARow = 1
		default:
			inARow++
		}
		if now.After(deadline) {
			return since, fmt.Errorf("not followed within %v", slowest)
		}
	}
	return since, nil
}

// sees makes one call. A refusal is one whether by status or by a closed connection.
func (p *prober) sees() bool {
	time.Sleep(pause)
	err := p.ask()
	if p.subject.By == "" {
		return err == nil
	}
	if err != nil {
		p.lost++
		return false
	}
	return p.open.answeredBy() == p.subject.By
}

func (p *prober) ask() error {
	if p.open == nil {
		socket, err := net.Dial("tcp", p.subject.Target)
		if err != nil {
			return err
		}
		p.open = newHTTPConnection(socket, plan{target: p.subject.Target, size: 64})
	}
	err := p.open.exchange()
	if err != nil && !isAnswer(err) {
		p.open.close()
		p.open = nil
	}
	return err
}

func (w write) String() string { return fmt.Sprintf("%s %s", w.Path, w.Body) }

func (w write) putTo(consul string) error {
	request, err := http.NewRequest(http.MethodPut, consul+w.Path, bytes.NewReader(w.Body))
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
		return fmt.Errorf("Consul answered %s: %s", response.Status, said)
	}
	return nil
}

var consulClient = &http.Client{Timeout: slowest, Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext}}
