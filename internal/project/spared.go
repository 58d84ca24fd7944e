package project

import (
	"strings"

	"github.com/nixsift/nixsift/internal/git"
)

// ManyFiles is the number of tracked Nix files from which on a run over some files spares itself what needs all of them: reading 5,000
// takes about half a second.
const ManyFiles = 5_000

// SpareFrom says that the run is over some files of the project, and the number of tracked Nix files from which on a repository is too large
// for it to read all of them.
func (s *Snapshot) SpareFrom(n int) { s.spareFrom, s.spared = n, new(memo[string, bool]) }

// Spares reports whether rules are not to ask what all files of the project say, unless something in the file at hand looks wrong by
// itself: a hook in a large repository would read it as a whole for every commit, and one in a sparse checkout what may not even be there.
func (v *View) Spares() bool {
	s, repo := v.snapshot, v.folder.repo
	if s.spareFrom == 0 || repo == nil {
		return false
	}
	return s.spared.get(repo.Root(), func() bool {
		left := s.spareFrom
		for e := range repo.Files() {
			if e.SkipWorktree || e.Mode == git.SparseFolder {
				return true
			}
			if strings.HasSuffix(e.Path, ".nix") {
				if left--; left == 0 {
					return true
				}
			}
		}
		return false
	})
}
