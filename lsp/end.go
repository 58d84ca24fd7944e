package lsp

import (
	"io"
	"time"
)

const (
	// patience is how long a client that takes messages, but sends none any more, is served.
	patience = 2 * time.Second
	// parting is how long what is called off may take to end what it started.
	parting = 200 * time.Millisecond
	// goneStep is how often the server looks whether somebody reads what it says.
	goneStep = 20 * time.Millisecond
)

// end lets what is under way finish where somebody waits for it, calls the rest off, and returns the status.
func (s *Server) end(out io.Writer) int {
	s.mu.Lock()
	s.leave()
	status := 1
	if s.phase == ending {
		status = 0
	}
	hurry := status == 1 && isClosed(s.exited)
	s.phase = ended
	quiet := make(chan struct{})
	if s.tasks == 0 {
		close(quiet)
	} else {
		s.quiet = quiet
	}
	s.mu.Unlock()
	if hurry || !s.finish(out, quiet) {
		s.callOff()
		select {
		case <-quiet:
		case <-time.After(parting):
		}
	}
	if hurry || isClosed(s.conn.Broken()) || hungUp(out) {
		s.conn.Close(parting)
	} else {
		s.conn.Close(patience)
	}
	return status
}

// finish waits for the end of all tasks. It reports false where they take long, or nobody takes what they say.
func (s *Server) finish(out io.Writer, quiet <-chan struct{}) bool {
	late := time.After(patience)
	look := time.NewTicker(goneStep)
	defer look.Stop()
	for {
		select {
		case <-quiet:
			return true
		case <-late:
			return false
		case <-s.conn.Broken():
			return false
		case <-look.C:
			if hungUp(out) {
				return false
			}
		}
	}
}

// callOff cancels all requests and checks.
func (s *Server) callOff() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.requests {
		r.cancel()
	}
	for _, o := range s.open {
		o.close()
	}
	clear(s.open)
}
