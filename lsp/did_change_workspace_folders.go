package lsp

import (
	"slices"

	"github.com/nixsift/nixsift/lsp/protocol"
)

// didChangeWorkspaceFolders takes over which folders are open in the editor.
func didChangeWorkspaceFolders(s *Server, r *protocol.Request) error {
	var params protocol.DidChangeWorkspaceFoldersParams
	if err := r.Decode(&params); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	folders := slices.DeleteFunc(slices.Clone(s.folders), func(dir string) bool { return slices.Contains(params.Removed, dir) })
	for _, dir := range params.Added {
		if !slices.Contains(folders, dir) {
			folders = append(folders, dir)
		}
	}
	s.folders = folders
	s.renew() // who holds a request about all folders looks again
	return nil
}
