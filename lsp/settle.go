package lsp

import "github.com/nixsift/nixsift/internal/engine"

// settle has those open documents checked whose findings may not hold any more, since another document or the disk
// changed: those that asked something that has another answer.
func (s *Server) settle() {
	type asked struct {
		open        *openDocument
		result      *result
		flake, file *engine.Deps
	}
	var all []asked
	s.mu.Lock()
	checker := s.checker
	for _, o := range s.open {
		if o.latest != nil && o.latest.isWhole() && !o.checking && !o.answering && !o.lost && o.settled != checker {
			all = append(all, asked{o, o.latest, o.flakeDeps, o.latest.deps})
		}
	}
	s.mu.Unlock()
	for _, a := range all {
		file, flake := true, true
		err := s.contained("looking at what "+a.result.snap.doc.path+" depends on", func() error {
			file, flake = a.file.Hold(checker), a.flake.Hold(checker)
			return nil
		})
		if err != nil {
			s.log.Print(err)
		}
		s.mu.Lock()
		switch {
		case a.open.closed || a.open.latest != a.result || a.open.flakeDeps != a.flake:
		case file && flake:
			a.open.settled = checker
		default:
			s.schedule(a.open, !flake)
		}
		s.mu.Unlock()
	}
}
