package lsp

import (
	"context"
	"os"
	"slices"
	"time"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// initialize agrees on the unit of columns and says what the server can do.
func initialize(s *Server, r *protocol.Request) error {
	var params protocol.InitializeParams
	if err := r.Decode(&params); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.client = params.Capabilities
	if slices.Contains(s.client.PositionEncodings, protocol.UTF8) {
		s.encoding = protocol.UTF8
	}
	s.root = params.Root()
	if s.root == "" {
		if wd, err := os.Getwd(); err == nil {
			s.root = wd
		}
	}
	s.phase = running
	var caps protocol.ServerCapabilities
	caps.PositionEncoding = s.encoding
	caps.TextDocumentSync = protocol.TextDocumentSyncOptions{
		OpenClose: true, Change: protocol.SyncIncremental, Save: &protocol.SaveOptions{},
	}
	caps.CodeActionProvider = &protocol.CodeActionOptions{CodeActionKinds: []protocol.CodeActionKind{protocol.QuickFix, fixAllKind}}
	r.Reply(protocol.InitializeResult{
		Capabilities: caps, ServerInfo: protocol.ServerInfo{Name: sourceName, Version: s.opts.Version},
	}, nil)
	return nil
}

// watched are the files whose changes on disk matter to findings in others.
var watched = []string{
	"**/*.nix", "**/flake.lock", "**/nixsift.toml", "**/.gitignore", "**/.gitattributes", "**/.git/index",
}

// initialized asks the client to watch files, if it can.
func initialized(s *Server, _ *protocol.Request) error {
	s.mu.Lock()
	can := s.client.WatchedFiles
	s.mu.Unlock()
	if !can {
		return nil
	}
	var options protocol.DidChangeWatchedFilesRegistrationOptions
	for _, glob := range watched {
		options.Watchers = append(options.Watchers, protocol.FileSystemWatcher{GlobPattern: glob})
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		err := s.conn.Call(ctx, "client/registerCapability", protocol.RegistrationParams{Registrations: []protocol.Registration{
			{ID: "watched-files", Method: "workspace/didChangeWatchedFiles", RegisterOptions: options},
		}}, nil)
		if err != nil {
			s.log.Printf("the client does not watch files: %v", err)
		}
	}()
	return nil
}
