package main

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/nixsift/nixsift/internal/engine"
)

// How long a run takes before its progress is shown, and how often that is drawn anew.
var (
	progressAfter = 500 * time.Millisecond
	progressEvery = 100 * time.Millisecond
)

// clearLine takes the cursor to the start of its line and clears that.
const clearLine = "\r\x1b[K"

// meter shows on a terminal how far a run is. Nil shows nothing.
type meter struct {
	once           sync.Once
	stopped, ended chan struct{}
	w              io.Writer
	width          func() int
	began          time.Time
	progress       *engine.Progress
}

// startMeter shows the progress of the runs of the options, if standard error is a terminal that can clear a line, once
// they take long.
func (f *checkFlags) startMeter(s streams) *meter {
	if f.quiet || s.errTerminal == nil || os.Getenv("TERM") == "dumb" {
		return nil
	}
	m := &meter{
		stopped: make(chan struct{}), ended: make(chan struct{}), w: s.err, width: s.errTerminal,
		began: time.Now(), progress: new(engine.Progress),
	}
	f.opts.Progress = m.progress
	go m.run()
	return m
}

func (m *meter) run() {
	defer close(m.ended)
	select {
	case <-m.stopped:
		return
	case <-time.After(progressAfter):
	}
	defer func() { _, _ = io.WriteString(m.w, clearLine) }()
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for {
		line := m.line(time.Since(m.began))
		if width := m.width(); len(line) >= width {
			line = line[:width-1]
		}
		_, _ = io.WriteString(m.w, clearLine+line)
		select {
		case <-m.stopped:
			return
		case <-tick.C:
		}
	}
}

// line returns what is shown after a time.
func (m *meter) line(after time.Duration) string {
	done, total := m.progress.Files()
	if total == 0 {
		return "nixsift: looking for files"
	}
	return fmt.Sprintf("nixsift: %d of %d files, %.0f/s", done, total, float64(done)/max(after.Seconds(), 0.001))
}

// stop takes away what is shown. It may be called again.
func (m *meter) stop() {
	if m != nil {
		m.once.Do(func() {
			close(m.stopped)
			<-m.ended
		})
	}
}
