package lsp

import (
	"context"
	"time"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/internal/config"
	"github.com/nixsift/nixsift/internal/project"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// gathering is how long a renewal waits for further reasons: a git checkout changes many files.
const gathering = 30 * time.Millisecond

// renewal is the state of the work that makes the checker of a changed disk.
type renewal struct {
	wanted  bool // a timer runs
	running bool
	again   bool
}

// renew has the disk looked at again, since something changed there, and the open documents checked for which it matters. The lock
// is held.
func (s *Server) renew() {
	switch {
	case s.renewal.running:
		s.renewal.again = true
	case !s.renewal.wanted:
		s.renewal.wanted = true
		time.AfterFunc(gathering, s.startRenewal)
	}
}

func (s *Server) startRenewal() {
	s.mu.Lock()
	s.renewal = renewal{running: true}
	s.begin()
	s.mu.Unlock()
	defer s.done()
	if err := s.contained("reading the project again", s.runRenewal); err != nil {
		s.log.Print(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.renewal.again
	s.renewal = renewal{}
	if again {
		s.renew()
	}
}

// runRenewal makes the checker of the changed disk and checks with it the documents for which that matters. Only then
// does it take the place of the one before, so that whoever types meanwhile does not wait for the disk.
func (s *Server) runRenewal() error {
	s.watched.forget()
	type checked struct {
		open *openDocument
		snap *snapshot
	}
	var all []checked
	s.mu.Lock()
	before := s.checker
	next := before.Next(project.Change{FS: s.overlay, Disk: true})
	s.edited = nil
	for _, o := range s.open {
		if o.lost {
			continue
		}
		snap := s.snapshot(o)
		snap.checker = next
		snap.era++
		all = append(all, checked{o, snap})
	}
	s.mu.Unlock()
	ctx := context.Background()
	for _, c := range all {
		err := s.contained("the check of "+c.snap.doc.path, func() error {
			if err := acquire(ctx, s.cpu); err != nil {
				return err
			}
			defer release(s.cpu)
			s.noteIndex(before, c.snap.doc) // before the new checker reads it
			s.mu.Lock()
			latest := c.open.latest
			s.mu.Unlock()
			if latest != nil && latest.err == nil && latest.isWhole() && latest.snap.doc == c.snap.doc && latest.deps.Hold(next) && c.snap.flakeDeps.Hold(next) {
				return nil
			}
			flake := c.snap.doc.flakeDir() != ""
			if flake {
				if err := c.snap.checkFlake(ctx); err != nil {
					return err
				}
			}
			found, err := c.snap.check(ctx, maxPublished)
			if err != nil {
				return err
			}
			return s.conclude(c.open, found, flake)
		})
		if err != nil {
			s.log.Print(err)
		}
	}
	s.mu.Lock()
	if len(s.edited) > 0 {
		next = next.Next(project.Change{FS: s.overlay, Files: s.edited})
	}
	s.checker = next
	s.edited = nil
	s.turn()
	seen := map[*openDocument]int{}
	for _, c := range all {
		seen[c.open] = c.snap.doc.serial
	}
	for _, o := range s.open {
		if serial, ok := seen[o]; !ok || serial != o.doc.serial {
			s.schedule(o, true)
		}
	}
	s.mu.Unlock()
	s.settle()
	return s.publishConfig()
}

// publishConfig publishes what is wrong with configuration files that are not open.
func (s *Server) publishConfig() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	byFile := map[string][]config.Problem{}
	for _, p := range s.checker.Problems() {
		if s.open[p.File] == nil {
			byFile[p.File] = append(byFile[p.File], p)
		}
	}
	for file := range s.config {
		if byFile[file] == nil && s.open[file] == nil {
			byFile[file] = []config.Problem{}
		}
	}
	for file, problems := range byFile {
		text, err := s.disk.ReadFile(file)
		if err != nil {
			text = nil
		}
		doc := &document{uri: protocol.URIOf(file), path: file, lines: source.NewLineIndex(string(text)), encoding: s.encoding}
		p := &snapshot{doc: doc, checker: s.checker, client: s.client}
		message, err := publication(protocol.PublishDiagnosticsParams{URI: doc.uri, Diagnostics: p.diagnostics(configFindings(problems))})
		if err != nil {
			return err
		}
		s.conn.Send(message)
		delete(s.config, file)
		if len(problems) > 0 {
			s.config[file] = true
		}
	}
	return nil
}
