package lsp

import (
	"path/filepath"
	"slices"

	"github.com/nixsift/nixsift/internal/workspace"
	"github.com/nixsift/nixsift/lsp/protocol"
)

// didChangeWatchedFiles reads the project again. Which files changed does not matter, since findings depend on their
// neighbours, unless nobody reads any of them: among those that are watched is much YAML.
func didChangeWatchedFiles(s *Server, r *protocol.Request) error {
	var params protocol.DidChangeWatchedFilesParams
	if err := r.Decode(&params); err == nil && len(params.Changes) > 0 && !slices.ContainsFunc(params.Changes, isRead) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.renew()
	return nil
}

// isRead reports whether what changed may be a file that is read.
func isRead(change protocol.FileEvent) bool {
	path, ok := protocol.PathOf(change.URI)
	if !ok {
		return true
	}
	ext := filepath.Ext(path)
	return ext != ".yml" && ext != ".yaml" || workspace.KindOf(path) != workspace.Other
}
