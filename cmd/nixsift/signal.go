package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// grace is how long a run may take to end by itself after a signal, to say what it has done and to leave no temporary file.
const grace = time.Second

// untilSignal returns a context that SIGINT and SIGTERM end. A run that waits, for somebody to read what it writes say, ends
// with the program a little later, and at once with a second signal. stop gives the signals their usual effect back.
func untilSignal() (ctx context.Context, stop context.CancelFunc) {
	ctx, stop = signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, func() {
		stop()
		if context.Cause(ctx) == context.Canceled { //nolint:errorlint // a signal's error may wrap it
			return
		}
		time.AfterFunc(grace, func() {
			if isTerminated(ctx) {
				os.Exit(exitTerminated)
			}
			os.Exit(exitInterrupted)
		})
	})
	return ctx, stop
}
