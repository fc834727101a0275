package main

import (
	"fmt"
	"time"
)

// askPatience is what one request may take, with its connection.
const askPatience = 3 * time.Second

// ask makes one request over a connection of its own, and fails unless it is answered as it should be.
func (p plan) ask() error {
	dial, err := p.dialer()
	if err != nil {
		return err
	}
	judged := make(chan error, 1)
	go func() {
		opened, err := dial()
		if err == nil {
			defer opened.close()
			err = opened.exchange()
		}
		judged <- err
	}()
	select {
	case err := <-judged:
		return err
	case <-time.After(askPatience):
		return fmt.Errorf("%s did not answer within %v", p.target, askPatience)
	}
}
