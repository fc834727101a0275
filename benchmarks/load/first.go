package main

import (
	"flag"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// The pause between two calls to a proxy that does not answer yet.
const impatience = 2 * time.Millisecond

// An answerTime is when the first right answer came, by the clock that the kernel counts the starts of processes with.
type answerTime struct {
	SecondsSinceBoot float64 `json:"secondsSinceBoot"`
}

func firstCommand(arguments []string) (*answerTime, error) {
	flags := flag.NewFlagSet("first", flag.ContinueOnError)
	var target string
	var limit time.Duration
	flags.StringVar(&target, "target", "", "address to call over HTTP/1.1 until it answers rightly")
	flags.DurationVar(&limit, "limit", time.Minute, "how long to try")
	if err := flags.Parse(arguments); err != nil {
		return nil, err
	}
	one := newProber(subject{Target: target})
	defer one.close()
	deadline := time.Now().Add(limit)
	for {
		err := one.ask()
		if err == nil {
			return now()
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("%s does not answer rightly within %v: %w", target, limit, err)
		}
		time.Sleep(impatience)
	}
}

func now() (*answerTime, error) {
	var at unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &at); err != nil {
		return nil, err
	}
	return &answerTime{float64(at.Nano()) / 1e9}, nil
}
