package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// cpuNanos tells the CPU time of all living threads of each process, by the kernel's scheduler, in nanoseconds.
func cpuNanos(processes []int) (map[int]int64, error) {
	nanos := make(map[int]int64, len(processes))
	for _, process := range processes {
		threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", process))
		if err != nil || len(threads) == 0 {
			return nil, fmt.Errorf("-processes: no process %d is left", process)
		}
		for _, thread := range threads {
			said, err := os.ReadFile(thread)
			if err != nil {
				continue // it has ended just now
			}
			ran, err := strconv.ParseInt(strings.Fields(string(said))[0], 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", thread, err)
			}
			nanos[process] += ran
		}
	}
	return nanos, nil
}
