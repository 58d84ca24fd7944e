package lsp

import (
	"context"
	"time"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// unnoticed is how long reading a project may take without being told.
const unnoticed = 300 * time.Millisecond

// progressToken names the progress of the first reading: there is one at a time.
const progressToken = "nixsift-reading"

// showReading has the client show that the project is read, where that takes long for the first time; what is read then is
// known later. done ends that.
func (s *Server) showReading() (done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reading || s.projectRead || !s.client.ShowsProgress {
		return func() {}
	}
	s.reading = true
	ended := make(chan struct{})
	go func() {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.reading = false
		}()
		select {
		case <-ended:
			return
		case <-s.ends():
			return
		case <-time.After(unnoticed):
		}
		ctx, cancel := context.WithTimeout(context.Background(), s.opts.Idle+refreshTimeout)
		defer cancel()
		if err := s.conn.Call(ctx, "window/workDoneProgress/create", protocol.WorkDoneProgressCreateParams{Token: progressToken}, nil); err != nil {
			s.log.Printf("the client shows no progress: %v", err)
			return
		}
		if isClosed(ended) {
			return
		}
		s.step(protocol.WorkDoneProgressStep{Kind: protocol.ProgressBegin, Title: sourceName, Message: "reading the project"})
		select {
		case <-ended:
		case <-s.ends():
		}
		s.step(protocol.WorkDoneProgressStep{Kind: protocol.ProgressEnd})
	}()
	return func() { close(ended) }
}

func (s *Server) step(step protocol.WorkDoneProgressStep) {
	if err := s.conn.Notify("$/progress", protocol.ProgressParams{Token: progressToken, Value: step}); err != nil {
		s.log.Print(err)
	}
}
