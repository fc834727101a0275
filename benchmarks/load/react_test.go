package main

import (
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// What is written is followed so much later.
const lag = 30 * time.Millisecond

// A fakeMesh follows two writes, /end and /begin.
type fakeMesh struct {
	there  atomic.Bool
	proxy  *httptest.Server
	consul *httptest.Server
}

func newFakeMesh(t *testing.T, answer func(there bool, to http.ResponseWriter)) *fakeMesh {
	t.Helper()
	mesh := &fakeMesh{}
	mesh.there.Store(true)
	mesh.proxy = httptest.NewServer(http.HandlerFunc(func(to http.ResponseWriter, _ *http.Request) {
		answer(mesh.there.Load(), to)
	}))
	t.Cleanup(mesh.proxy.Close)
	mesh.consul = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, request *http.Request) {
		time.AfterFunc(lag, func() { mesh.there.Store(request.URL.Path == "/begin") })
	}))
	t.Cleanup(mesh.consul.Close)
	return mesh
}

func (m *fakeMesh) subject(by string) subject {
	body := json.RawMessage("{}")
	return subject{
		strings.TrimPrefix(m.proxy.URL, "http://"), m.consul.URL, by, write{"/end", body}, write{"/begin", body},
	}
}

func TestRefusalsAreTimedFromConsulsAnswer(t *testing.T) {
	mesh := newFakeMesh(t, func(there bool, to http.ResponseWriter) {
		if !there {
			to.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = to.Write(body(64))
	})
	expectLag(t, mesh.subject(""))
}

func TestAnEndpointAmongTwoIsTimedFromConsulsAnswer(t *testing.T) {
	mesh := newFakeMesh(t, func(there bool, to http.ResponseWriter) {
		if there && rand.IntN(2) == 0 {
			to.Header().Set(answeredBy, "passing")
		}
		_, _ = to.Write(body(64))
	})
	expectLag(t, mesh.subject("passing"))
}

func TestALostCallIsCountedWhereAnEndpointRemains(t *testing.T) {
	mesh := newFakeMesh(t, func(there bool, to http.ResponseWriter) {
		if !there {
			to.WriteHeader(http.StatusBadGateway)
			return
		}
		to.Header().Set(answeredBy, "passing")
		_, _ = to.Write(body(64))
	})
	one := newProber(mesh.subject("passing"))
	defer one.close()
	if err := one.try(false); err != nil {
		t.Fatal(err)
	}
	if one.lost < settled {
		t.Errorf("%d calls are lost instead of all", one.lost)
	}
}

func TestAnAnswerNamesItsApplicationIfThatHasAName(t *testing.T) {
	for _, name := range []string{"", "passing"} {
		listener := listen(t)
		go func() { _ = serversNamed(name)["http"](listener, &counts{}) }()
		one := newProber(subject{Target: listener.Addr().String()})
		if err := one.ask(); err != nil {
			t.Fatal(err)
		}
		if by := one.open.answeredBy(); by != name {
			t.Errorf("the answer of %q names %q", name, by)
		}
		one.close()
	}
}

func expectLag(t *testing.T, subject subject) {
	t.Helper()
	one := newProber(subject)
	defer one.close()
	for range 3 {
		for _, begin := range []bool{false, true} {
			if err := one.try(begin); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, trials := range [][]int64{one.ended, one.began} {
		took := slices.Sorted(slices.Values(trials))[len(trials)/2]
		shortest := lag - 5*time.Millisecond // Consul's answer needs a moment to come
		if time.Duration(took)*time.Microsecond < shortest || took > slowest.Microseconds()/2 {
			t.Errorf("%d µs instead of %v", took, lag)
		}
	}
}
