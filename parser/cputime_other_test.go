//go:build !linux

package parser

import "time"

func cpuTime(f func()) time.Duration { return wallTime(f) }
