package lsp

import (
	"context"
	"os"
	"path/filepath"
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
	s.folders = params.Folders
	s.settings, _ = protocol.ReadSettings(r.Params, "initializationOptions")
	s.opts.DiagnosticsOnly = s.opts.DiagnosticsOnly || s.settings.DiagnosticsOnly
	s.polling.client = s.client.WatchedFiles
	var caps protocol.ServerCapabilities
	if offered := s.client.PositionEncodings; len(offered) > 0 {
		// Bytes cost least; code points are taken where the client would rather have them than UTF-16.
		if slices.Contains(offered, protocol.UTF8) {
			s.encoding = protocol.UTF8
		} else if offered[0] == protocol.UTF32 {
			s.encoding = protocol.UTF32
		}
		caps.PositionEncoding = s.encoding
	}
	s.phase = running
	caps.TextDocumentSync = protocol.TextDocumentSyncOptions{
		OpenClose: true, Change: protocol.SyncIncremental, Save: &protocol.SaveOptions{IncludeText: true},
	}
	if s.client.CodeActions {
		kinds := []protocol.CodeActionKind{protocol.QuickFix, fixAllKind}
		if !s.opts.DiagnosticsOnly {
			kinds = append(kinds, refactorKinds[:]...)
		}
		caps.CodeActionProvider = &protocol.CodeActionOptions{CodeActionKinds: kinds, ResolveProvider: s.client.ResolvesEdits}
	}
	if s.client.Commands {
		caps.ExecuteCommandProvider = &protocol.ExecuteCommandOptions{Commands: commandNames}
	}
	if s.client.PullsDiagnostics {
		caps.DiagnosticProvider = &protocol.DiagnosticOptions{Identifier: sourceName, InterFileDependencies: true, WorkspaceDiagnostics: true}
	}
	if s.client.TellsFolders {
		caps.Workspace = &protocol.WorkspaceOptions{WorkspaceFolders: &protocol.WorkspaceFoldersOptions{Supported: true, ChangeNotifications: true}}
	}
	if !s.opts.DiagnosticsOnly {
		s.offer(&caps)
	}
	r.Reply(protocol.InitializeResult{
		Capabilities: caps, ServerInfo: protocol.ServerInfo{Name: sourceName, Version: s.opts.Version},
	}, nil)
	s.speaks.Store(true)
	if params.ProcessID != s.opts.ClientProcess {
		s.watchClient(params.ProcessID)
	}
	return nil
}

// root returns the folder that documents without a place are thought in. The lock is held.
func (s *Server) root() string {
	if len(s.folders) > 0 {
		return s.folders[0]
	}
	wd, err := os.Getwd()
	if err != nil {
		return string(filepath.Separator)
	}
	return wd
}

// watched are the files whose changes on disk matter to findings in others.
var watched = []string{
	"**/*.nix", "**/flake.lock", "**/*.toml", "**/.gitignore", "**/.gitattributes", "**/.git/index", "**/*baseline*.json",
	"**/*.{yml,yaml,sh,bash,mk,just}", "**/{Jenkinsfile,Makefile,makefile,GNUmakefile,justfile,Justfile,.justfile,.envrc,Dockerfile,Containerfile}",
}

// initialized asks the client to watch files, if it can.
func initialized(s *Server, _ *protocol.Request) error {
	s.mu.Lock()
	can := s.client.WatchedFiles
	s.publishUnopened()
	s.tellUnknown(s.settings)
	s.mu.Unlock()
	s.pullSettings()
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
			s.log.Printf("the client does not watch files, so the server does: %v", err)
			s.mu.Lock()
			defer s.mu.Unlock()
			s.polling.client = false
			s.keepPolling()
		}
	}()
	return nil
}

// offer adds the abilities beside diagnostics. The lock is held.
func (s *Server) offer(caps *protocol.ServerCapabilities) {
	caps.HoverProvider, caps.DefinitionProvider, caps.DeclarationProvider = true, true, true
	caps.CompletionProvider = &protocol.CompletionOptions{TriggerCharacters: []string{".", "/", "?", "["}, ResolveProvider: s.client.ResolvesDocumentation}
	caps.DocumentSymbolProvider, caps.WorkspaceSymbolProvider = true, true
	caps.FoldingRangeProvider = true
	caps.ReferencesProvider, caps.DocumentHighlightProvider = true, true
	caps.DocumentFormattingProvider, caps.DocumentRangeFormattingProvider = true, true
	caps.RenameProvider = true
	if s.client.AsksBeforeRenames {
		all := protocol.FileOperationFilter{Scheme: "file", Pattern: protocol.FileOperationPattern{Glob: "**/*"}}
		if caps.Workspace == nil {
			caps.Workspace = &protocol.WorkspaceOptions{}
		}
		caps.Workspace.FileOperations = &protocol.FileOperationOptions{
			WillRename: &protocol.FileOperationRegistrationOptions{Filters: []protocol.FileOperationFilter{all}},
		}
	}
	if s.client.PreparesRename {
		caps.RenameProvider = protocol.RenameOptions{PrepareProvider: true}
	}
	offerAssistance(caps)
}
