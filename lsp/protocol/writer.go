package protocol

import (
	"fmt"
	"io"
	"sync"
)

// maxQueued is how many bytes wait for a client that does not read before senders wait as well.
const maxQueued = 64 << 20

// frameWriter writes frames from a queue of its own, so that whoever reads the client's messages never
// waits for the client to read ours.
type frameWriter struct {
	mu      sync.Mutex
	changed sync.Cond
	queue   []byte
	busy    bool // a write is under way
	closed  bool
	err     error
	broken  chan struct{} // closed with err
}

func newFrameWriter(w io.Writer) *frameWriter {
	f := &frameWriter{broken: make(chan struct{})}
	f.changed.L = &f.mu
	go f.run(w)
	return f
}

func (f *frameWriter) run(w io.Writer) {
	var spare []byte
	f.mu.Lock()
	defer f.mu.Unlock()
	for {
		for len(f.queue) == 0 && !f.closed {
			f.changed.Wait()
		}
		if len(f.queue) == 0 || f.err != nil {
			f.queue = nil
			f.changed.Broadcast()
			return
		}
		out := f.queue
		f.queue, f.busy = spare[:0], true
		f.mu.Unlock()
		_, err := w.Write(out)
		f.mu.Lock()
		spare = nil
		if cap(out) <= 1<<20 {
			spare = out
		}
		f.busy = false
		if err != nil {
			f.err, f.closed = err, true
			close(f.broken)
		}
		f.changed.Broadcast()
	}
}

// send queues one message. What is sent after close, or after the client went away, is lost.
func (f *frameWriter) send(body []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.queue) > maxQueued && !f.closed {
		f.changed.Wait()
	}
	if f.closed {
		return
	}
	f.queue = fmt.Appendf(f.queue, "Content-Length: %d\r\n\r\n", len(body))
	f.queue = append(f.queue, body...)
	f.changed.Broadcast()
}

// close ends the writer and waits until all that was queued is written.
func (f *frameWriter) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.changed.Broadcast()
	for (len(f.queue) > 0 || f.busy) && f.err == nil {
		f.changed.Wait()
	}
}
