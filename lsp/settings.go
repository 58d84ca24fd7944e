package lsp

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/nixsift/nixsift/internal/ide"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// settingsTimeout is how long a client may take to tell its settings.
const settingsTimeout = time.Minute

// pullSettings asks the client for its settings, if it can be asked. What it answers holds from then on.
func (s *Server) pullSettings() {
	s.mu.Lock()
	can := s.client.Configuration
	s.mu.Unlock()
	if !can {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), settingsTimeout)
		defer cancel()
		var result protocol.ConfigurationResult
		params := protocol.ConfigurationParams{Items: []protocol.ConfigurationItem{{Section: protocol.SettingsSection}}}
		if err := s.conn.Call(ctx, "workspace/configuration", params, &result); err != nil {
			s.log.Printf("the client does not tell its settings: %v", err)
			return
		}
		if settings, ok := result.First(); ok {
			s.set(settings)
		}
	}()
}

// set takes settings. Where others hints are wanted, the client is told to ask for them again.
func (s *Server) set(settings protocol.Settings) {
	s.mu.Lock()
	if settings.Trusted == nil {
		settings.Trusted = s.settings.Trusted
	}
	changed := !reflect.DeepEqual(s.settings.InlayHints, settings.InlayHints)
	s.settings = settings
	s.publishUnopened()
	s.tellUnknown(settings)
	refresh := changed && s.client.RefreshesHints && s.speaks.Load()
	s.mu.Unlock()
	if !refresh {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), settingsTimeout)
		defer cancel()
		if err := s.conn.Call(ctx, "workspace/inlayHint/refresh", nil, nil); err != nil {
			s.log.Printf("the client does not ask for hints again: %v", err)
		}
	}()
}

// hints returns which hints are wanted. The lock is held.
func (s *Server) hints() (wanted ide.Hints) {
	of := &s.settings.InlayHints
	for kind, setting := range map[ide.HintKind]*bool{
		ide.HintInput: of.Inputs, ide.HintValue: of.Values, ide.HintName: of.Names, ide.HintClosing: of.ClosingBraces, ide.HintDefault: of.Defaults,
	} {
		wanted[kind] = setting == nil || *setting
	}
	return wanted
}

// tellUnknown says which settings have no effect. The lock is held.
func (s *Server) tellUnknown(settings protocol.Settings) {
	for _, name := range settings.Unknown {
		s.remark(fmt.Sprintf("the editor's setting %s.%s is none of nixsift, and has no effect; which rules run is said in nixsift.toml", protocol.SettingsSection, name))
	}
}
