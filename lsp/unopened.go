package lsp

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/nixsift/nixsift/ast/source"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// publishUnopened starts or ends publishing what is found in files of the folders that are not open, as the settings want it. A
// client that asks for diagnostics asks for those, too. The lock is held.
func (s *Server) publishUnopened() {
	wanted := s.settings.WorkspaceDiagnostics && !s.client.PullsDiagnostics && s.phase == running
	switch {
	case wanted && s.unopened == nil:
		ctx, cancel := context.WithCancel(context.Background())
		s.unopened = cancel
		go s.keepPublishing(ctx)
	case !wanted && s.unopened != nil:
		s.unopened()
		s.unopened = nil
	}
}

// keepPublishing publishes what is found in files that are not open, and again when that may have changed, until the context ends. Then
// it takes that back.
func (s *Server) keepPublishing(ctx context.Context) {
	for ctx.Err() == nil {
		s.mu.Lock()
		turned := s.turned
		folders := slices.Clone(s.folders)
		snap := s.snapshot(&openDocument{doc: &document{encoding: s.encoding, lines: source.NewLineIndex("")}})
		sent := maps.Clone(s.unopenedSent)
		s.begin()
		s.mu.Unlock()
		err := s.contained("the check of all files", func() error { return s.publishAll(ctx, snap, folders, turned, sent) })
		s.done()
		if err != nil && !errors.Is(err, context.Canceled) {
			s.log.Print(err)
		}
		select {
		case <-turned:
		case <-ctx.Done():
		case <-s.ends():
			return
		}
		select {
		case <-time.After(s.opts.Idle): // others may follow
		case <-ctx.Done():
		case <-s.ends():
			return
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for uri := range s.unopenedSent {
		if s.open[key(uri)] == nil {
			s.clear(uri)
		}
	}
	clear(s.unopenedSent)
}

// publishAll checks all files of some folders and publishes what the client has otherwise.
func (s *Server) publishAll(ctx context.Context, p *snapshot, folders []string, turned <-chan struct{}, sent map[protocol.DocumentURI]string) error {
	report, err := s.reportAll(ctx, p, folders, turned, sent)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, file := range report.Items {
		if s.open[key(file.URI)] != nil || ctx.Err() != nil {
			continue
		}
		message, err := publication(protocol.PublishDiagnosticsParams{URI: file.URI, Diagnostics: *file.Items})
		if err != nil {
			return err
		}
		s.conn.Send(message)
		if s.unopenedSent[file.URI] = file.ResultID; len(*file.Items) == 0 {
			delete(s.unopenedSent, file.URI)
		}
	}
	return nil
}
