package lsp

import "time"

// clientInterval is how often the server looks whether the process of the client lives.
const clientInterval = 500 * time.Millisecond

// watchClient ends the server when a process does: a client that is killed says no exit, and what it started may keep
// the pipes open. One that is not there from the start is on another machine, or behind the wall of a container.
func (s *Server) watchClient(pid int) {
	if pid <= 0 {
		return
	}
	p, err := openProcess(pid)
	if err != nil {
		s.log.Printf("the process %d of the client is not watched: %v", pid, err)
		return
	}
	go func() {
		defer p.close()
		ticker := time.NewTicker(clientInterval)
		defer ticker.Stop()
		for {
			select {
			case <-s.over:
				return
			case <-ticker.C:
			}
			if p.ended() {
				s.log.Printf("the process %d of the client has ended, and so does the server", pid)
				s.quit()
				return
			}
		}
	}()
}
